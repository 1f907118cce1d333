import { log } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { FoundJob, SweepAnswer, SweepInput } from '../release/reconciling.js';
import { heartbeating, orCancelled, type Clock } from './clock.js';
import { listedJobs } from './listed-jobs.js';
import type { Gateways, JobGateway, Manifests, ObservedJob, ReconcilerStore, RunStore } from './ports.js';

interface Dependencies {
  store: Pick<ReconcilerStore, 'withoutRun' | 'recordSweep'> & Pick<RunStore, 'installationId'>;
  gateways: Gateways;
  manifests: Pick<Manifests, 'isTombstone' | 'runOf'>;
  clock: Clock;
  /** How long a tombstone stays, by the cluster's clock. */
  tombstoneMs?: number;
}

/** No create is under way for so long (docs/architecture.md, turn and run). */
const day = 24 * 3_600_000;
/** In one sweep; the next one takes the others. */
const atOnce = 200;

/**
 * Looks through all Jobs of this installation on a cluster: tombstones past their time are removed, and Jobs that the store
 * knows no run of are noted for people. Those are never touched: whose they are is not known. Safe to repeat.
 */
export const createSweepCluster = ({ store, gateways, manifests, clock, tombstoneMs = day }: Dependencies) =>
  async function sweepCluster({ cluster }: SweepInput): Promise<SweepAnswer> {
    const gateway = gateways(cluster);
    const installation = await store.installationId();
    const unknown: FoundJob[] = [];
    let tombstones = 0;
    const sweep = async (): Promise<void> => {
      for await (const items of listedJobs(gateway, { installation })) {
        const isTombstone = (job: ObservedJob): boolean => manifests.isTombstone(job, installation);
        // A suspended Job has never started.
        const isOld = (job: ObservedJob): boolean => job.startedAt === undefined && ageOf(job) >= tombstoneMs;
        const old = items.filter((job) => isTombstone(job) && isOld(job));
        tombstones += await removeSome(gateway, old.slice(0, atOnce - tombstones));
        const jobs = items.filter((job) => !isTombstone(job)).map((job) => found(cluster, job, manifests.runOf(job)));
        if (jobs.length > 0) unknown.push(...(await store.withoutRun(jobs)));
      }
    };
    await heartbeating(clock, () => ({ cluster, tombstones }), sweep);
    const noted = await store.recordSweep(cluster, unknown);
    if (noted.count > 0) log.warn('Jobs of this installation are of no run that is known', { cluster, ...noted });
    return { tombstones, unknown: noted };
  };

const ageOf = ({ createdAt, readAt }: ObservedJob): number => Date.parse(readAt) - Date.parse(createdAt);

const found = (cluster: string, { namespace, name, uid }: ObservedJob, of: FoundJob['of']): FoundJob =>
  given({ cluster, namespace, name, uid, of });

async function removeSome(gateway: JobGateway, jobs: readonly ObservedJob[]): Promise<number> {
  for (const { namespace, name, uid } of jobs) await orCancelled(() => gateway.deleteJob(namespace, name, uid));
  return jobs.length;
}
