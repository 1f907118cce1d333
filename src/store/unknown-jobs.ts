import { sql } from 'drizzle-orm';
import type { FoundJob } from '../release/reconciling.js';
import type { Tx } from './database.js';
import { runs } from './schema.js';

/** Those of the Jobs that are of no run in the store. */
export async function unknownOf<J extends FoundJob>(read: Pick<Tx, 'execute'>, jobs: readonly J[]): Promise<J[]> {
  const { rows } = await read.execute<{ uid: string }>(withoutRun(jobs));
  const uids = new Set(rows.map(({ uid }) => uid));
  return jobs.filter(({ uid }) => uids.has(uid));
}

/** A run whose Job is not known yet may be of any Job that carries its number. */
function withoutRun(jobs: readonly FoundJob[]) {
  const rows = jobs.map(({ uid, of }) => ({ uid, ...of }));
  return sql`
    SELECT j.uid FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS j (uid text, application text, service text, channel text, release integer, run integer)
    WHERE NOT EXISTS (SELECT FROM ${runs} r
      WHERE r.application = j.application AND r.service = j.service AND r.channel = j.channel
        AND r.run = j.run AND r.release = j.release AND (r.uid IS NULL OR r.uid = j.uid))`;
}
