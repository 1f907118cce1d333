import { and, eq, isNotNull, lt, notExists, sql } from 'drizzle-orm';
import type { LogPart } from '../activities/ports.js';
import { parseReleaseId } from '../release/ids.js';
import type { RunResult } from '../release/view.js';
import type { ServerStore } from '../server/ports.js';
import type { Database, Tx } from './database.js';
import { results, runs } from './schema.js';

/** What changes in a run's row when this part of its log brings a result, which is stored once however many runs have it. */
export async function framedOf(tx: Tx, { framed, large }: LogPart): Promise<Partial<typeof runs.$inferInsert>> {
  if (!framed) return {};
  if ('code' in framed || !('largeResult' in framed)) return { framed, resultDigest: null };
  const { digest } = framed.largeResult;
  if (!large) return { framed };
  const again = { target: results.digest, set: { storedAt: sql`now()` } };
  await tx.insert(results).values({ digest, body: large }).onConflictDoUpdate(again);
  return { framed, resultDigest: digest };
}

/** Results of runs: small ones are in the run's end, large ones under their digest. */
export const resultQueries = (db: Database): Pick<ServerStore, 'result' | 'pruneResults'> => ({
  result: (id, channel, run) =>
    db.read(async (read) => {
      const of = parseReleaseId(id);
      if (!of) return undefined;
      const instance = and(eq(runs.application, of.application), eq(runs.service, of.service));
      const mine = and(instance, eq(runs.release, of.number), eq(runs.channel, channel), eq(runs.run, run));
      const stored = eq(results.digest, sql`${runs.end}->'largeResult'->>'digest'`);
      const [row] = await read
        .select({ end: runs.end, body: results.body })
        .from(runs)
        .leftJoin(results, stored)
        .where(mine);
      return row?.body ? (JSON.parse(row.body.toString()) as RunResult) : row?.end?.result;
    }),

  pruneResults: ({ succeeded, failed }) =>
    db.write(async (tx) => {
      const kept = sql`CASE WHEN ${runs.code} = 'SUCCEEDED' THEN ${succeeded / 1000}::float8 ELSE ${failed / 1000}::float8 END`;
      const old = and(eq(runs.state, 'ended'), sql`${runs.endedAt} < now() - make_interval(secs => ${kept})`);
      await tx
        .update(runs)
        .set({ resultDigest: null })
        .where(and(isNotNull(runs.resultDigest), old));
      const used = tx.select({ id: runs.id }).from(runs).where(eq(runs.resultDigest, results.digest));
      // One that was stored just now may belong to a run whose row is being written.
      const settled = lt(results.storedAt, sql`now() - interval '1 hour'`);
      const { rowCount } = await tx.delete(results).where(and(settled, notExists(used)));
      return rowCount ?? 0;
    }),
});
