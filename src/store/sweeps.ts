import { eq, gt, sql } from 'drizzle-orm';
import type { ReconcilerStore } from '../activities/ports.js';
import type { FoundJob, SweepAnswer } from '../release/reconciling.js';
import type { ServerStore } from '../server/ports.js';
import { linkedOf } from './configs.js';
import type { Database, Tx } from './database.js';
import { beginEpoch } from './epochs.js';
import { sweptClusters } from './schema.js';
import { unknownOf } from './unknown-jobs.js';

/** Of each cluster, so that what one of them is full of does not fill a row. */
const kept = 1000;
/** For people. */
const named = 5;

/** What was found among the Jobs of the linked clusters. */
export const sweepQueries = (
  db: Database,
): Pick<ReconcilerStore, 'unsweptClusters' | 'withoutRun' | 'recordSweep'> & Pick<ServerStore, 'unknownJobs'> => ({
  unsweptClusters: (sinceMs) =>
    db.read(async (read) => {
      const lately = gt(sweptClusters.sweptAt, sql`now() - make_interval(secs => ${sinceMs / 1000}::float8)`);
      const swept = await read.select({ cluster: sweptClusters.cluster }).from(sweptClusters).where(lately);
      const done = new Set(swept.map(({ cluster }) => cluster));
      return (await linkedOf(read)).map(({ name }) => name).filter((name) => !done.has(name));
    }),

  withoutRun: (jobs) => db.read((read) => unknownOf(read, jobs)),

  recordSweep: (cluster, found) =>
    db.write(async (tx) => {
      const unknown = found.toSorted((a, b) => (a.uid < b.uid ? -1 : 1)).slice(0, kept);
      const now = { sweptAt: sql`now()`, unknownCount: found.length, unknown };
      if (await anyNews(tx, cluster, unknown))
        await beginEpoch(tx, `cluster ${cluster} has Jobs of runs that are not known`);
      const target = sweptClusters.cluster;
      await tx
        .insert(sweptClusters)
        .values({ cluster, ...now })
        .onConflictDoUpdate({ target, set: now });
      return summary(found.length, unknown);
    }),

  unknownJobs: () =>
    db.read(async (read) => {
      const rows = await read.select().from(sweptClusters).where(gt(sweptClusters.unknownCount, 0));
      return new Map(rows.map(({ cluster, unknownCount, unknown }) => [cluster, summary(unknownCount, unknown)]));
    }),
});

const summary = (count: number, jobs: readonly FoundJob[]): SweepAnswer['unknown'] => ({
  count,
  names: jobs.slice(0, named).map(({ namespace, name }) => `${namespace}/${name}`),
});

/** A Job of a run that nobody knows, and that was not there before: the database may have forgotten it, and more. */
async function anyNews(tx: Tx, cluster: string, unknown: readonly FoundJob[]): Promise<boolean> {
  const [before] = await tx.select().from(sweptClusters).where(eq(sweptClusters.cluster, cluster)).for('update');
  const seen = new Set(before?.unknown.map(({ uid }) => uid));
  return unknown.some(({ uid, of }) => of !== undefined && !seen.has(uid));
}
