import { and, eq, lt, notInArray, sql } from 'drizzle-orm';
import type { WorkerStore } from '../activities/ports.js';
import { given } from '../release/given.js';
import type { ServedCluster, ServerStore } from '../server/ports.js';
import type { Database } from './database.js';
import { servedClusters } from './schema.js';

/** A worker that reports every few seconds and is not heard of for so long is gone. */
const livingSeconds = 20;

/** Which worker serves which cluster, as the workers themselves say: Temporal lists a poller for a minute after its end. */
export const servedQueries = (db: Database): WorkerStore & Pick<ServerStore, 'served'> => ({
  reportServed: (worker, clusters) =>
    db.write(async (tx) => {
      const names = clusters.map(({ name }) => name);
      const others = and(eq(servedClusters.worker, worker), notInArray(servedClusters.cluster, names));
      await tx.delete(servedClusters).where(names.length === 0 ? eq(servedClusters.worker, worker) : others);
      await tx.delete(servedClusters).where(lt(servedClusters.seenAt, sql`now() - interval '1 hour'`));
      for (const { name, serves, trouble = null, missing = [] } of clusters) {
        const now = { serves, trouble, missing, seenAt: sql`now()` };
        await tx
          .insert(servedClusters)
          .values({ worker, cluster: name, ...now })
          .onConflictDoUpdate({ target: [servedClusters.worker, servedClusters.cluster], set: now });
      }
    }),

  served: () =>
    db.read(async (read) => {
      const living = sql`${servedClusters.seenAt} > now() - make_interval(secs => ${livingSeconds})`;
      return summarize(await read.select().from(servedClusters).where(living).orderBy(servedClusters.worker));
    }),
});

const someOf = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

/** A cluster is in trouble when no worker that serves it can reach it; without one, why those that tried could not. */
function summarize(rows: (typeof servedClusters.$inferSelect)[]): Map<string, ServedCluster> {
  const names = [...new Set(rows.map(({ cluster }) => cluster))];
  return new Map(
    names.map((cluster) => {
      const all = rows.filter((row) => row.cluster === cluster);
      const serving = all.filter(({ serves }) => serves);
      const troubles = (serving.length > 0 ? serving : all).map(({ trouble }) => trouble);
      const [trouble] = troubles.includes(null) ? [] : troubles;
      const missing = [...new Set(serving.flatMap((row) => row.missing))];
      return [cluster, given({ workers: serving.length, trouble: trouble ?? undefined, missing: someOf(missing) })];
    }),
  );
}
