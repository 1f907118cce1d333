import { desc, eq, gt, sql } from 'drizzle-orm';
import type { QuietRelease, ReconcilerStore } from '../activities/ports.js';
import { releaseWorkflowId } from '../release/ids.js';
import type { Status } from '../release/status.js';
import type { ServerStore } from '../server/ports.js';
import type { Database } from './database.js';
import { installation, instances, outbox, releases } from './schema.js';

/** In one round; the next one takes others. */
const atOnce = 20;
/** One that has been told is left alone for so long. */
const restMinutes = 10;

/**
 * Those with something under way at any time: a first step, a Job that runs or is being ended. The pause before a run that is
 * tried again is a timer, which Temporal does not tell of.
 */
const going = `$ ? (@.status == "PENDING" || exists(@.channels[*] ?
  (@.status == "CONVERGING" && !exists(@.explanations[*] ? (@.code == "RETRYING")))))`;

/** Releases that stand still. */
export const stalledQueries = (
  db: Database,
): Pick<ReconcilerStore, 'quietReleases' | 'recordPoke'> & Pick<ServerStore, 'poked'> => ({
  quietReleases: (quietMs) =>
    db.read(async (read) => {
      const { rows } = await read.execute<Quiet>(quietReleases(quietMs));
      return rows.map(quietRelease);
    }),

  recordPoke: ({ id, why }) =>
    db.write(async (tx) => {
      await tx
        .update(releases)
        .set({ pokedAt: sql`now()`, pokedWhy: why })
        .where(eq(releases.id, id));
    }),

  poked: () =>
    db.read(async (read) => {
      const { id, pokedAt, pokedWhy } = releases;
      const lately = gt(pokedAt, sql`now() - interval '1 hour'`);
      const rows = await read
        .select({ id, pokedAt, pokedWhy })
        .from(releases)
        .where(lately)
        .orderBy(desc(pokedAt))
        .limit(20);
      return rows.map((row) => ({ id: row.id, at: row.pokedAt?.toISOString() ?? '', why: row.pokedWhy ?? '' }));
    }),
});

interface Quiet extends Record<string, unknown> {
  id: string;
  status: Status;
  /** Where nobody holds the turn and the release is the next to take it. */
  free: string | null;
  /** Shown as it was before the present epoch. */
  before: boolean;
}

function quietRelease({ id, status, free, before }: Quiet): QuietRelease {
  if (before) return { id, why: 'it is shown as it was before the database was in doubt', always: true };
  if (free !== null) return { id, why: `its turn in ${free} is free, and it has not asked for it`, always: false };
  return { id, why: `it is shown as ${status}, and nothing of it is under way`, always: false };
}

/** Whoever is signalled and does not know it yet is left alone: the outbox is swept every few seconds. */
const quietReleases = (quietMs: number) => sql`
  SELECT * FROM (
    SELECT r.id, r.view->>'status' AS status, free.channel AS free, jsonb_path_exists(r.view, ${going}::jsonpath) AS going,
      coalesce(shown.at < i.epoch_at AND coalesce(r.poked_at < i.epoch_at, true), false) AS before
    FROM ${releases} r
    CROSS JOIN ${installation} i
    CROSS JOIN LATERAL (SELECT coalesce(r.projected_at, r.started_at) AS at) shown
    LEFT JOIN LATERAL (
      SELECT channel FROM ${instances} n
      WHERE n.application = r.application AND n.service = r.service AND n.holder IS NULL
        AND jsonb_path_query_first(n.entrants, '$[*] ? (@.waiting == true).release') = to_jsonb(r.number)
        AND r.view->'channels' @> jsonb_build_array(jsonb_build_object('name', n.channel, 'status', 'QUEUED'))
      LIMIT 1) free ON true
    WHERE r.view->>'endedAt' IS NULL AND r.started_at IS NOT NULL
      AND shown.at < now() - make_interval(secs => ${quietMs / 1000}::float8)
      AND (r.poked_at IS NULL OR r.poked_at < now() - make_interval(mins => ${restMinutes}::integer))
      AND NOT EXISTS (SELECT FROM ${outbox} o
        WHERE o.sent_at IS NULL AND o.workflow_id = ${releaseWorkflowId('')}::text || r.id)
  ) quiet
  WHERE before OR free IS NOT NULL OR going
  ORDER BY random() LIMIT ${atOnce}`;
