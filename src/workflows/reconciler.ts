import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CloseReleaseInput, OverRelease, ReconcileReport, ReconcilerInput } from '../release/reconciling.js';
import { endingLeft, reconciling, sweeping } from './proxies.js';

/**
 * How long one release may hold up a round. What is not over by then is left, and a later round attaches to it: a Job whose
 * pod takes long to stop, or a worker that does not answer, keeps no other release waiting.
 */
const minute = 60_000;

/**
 * One round of the second net: ends what releases have left behind whose workflow is over, by termination or because
 * Temporal has lost it, looks through the Jobs of clusters, and tells releases that stand still to look around. Started by a schedule; whatever cannot be done now is done
 * by a later round (docs/architecture.md).
 */
export async function reconciler({ patienceMs = minute }: ReconcilerInput = {}): Promise<ReconcileReport> {
  const { over, foreign, clusters } = await reconciling.findOver({});
  const report: ReconcileReport = { closed: [], waiting: {}, foreign, swept: {}, poked: {} };
  const endSoon: typeof endRuns = (of) => CancellationScope.withTimeout(patienceMs, () => endRuns(of));
  await Promise.all([
    ...over.map((each) => attempt(report, each.release, () => closeRelease(report, each, endSoon))),
    ...clusters.map((cluster) => attempt(report, cluster, () => sweep(report, cluster))),
    ...(foreign ? [] : [attempt(report, 'stalled releases', () => poke(report))]),
  ]);
  return report;
}

/** What fails has to wait, and says why; it fails nothing beside it. */
async function attempt(report: ReconcileReport, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCancellation(error)) report.waiting[what] = 'it takes its time: a later round goes on';
    else if (error instanceof ActivityFailure) report.waiting[what] = error.cause?.message ?? error.message;
    else throw error;
  }
}

async function poke(report: ReconcileReport): Promise<void> {
  const summary = 'releases that stand still';
  const { poked } = await reconciling.pokeStalled.executeWithOptions({ summary }, [{}]);
  report.poked = poked;
}

async function sweep(report: ReconcileReport, cluster: string): Promise<void> {
  const summary = `${cluster}: look through its Jobs`;
  report.swept[cluster] = await sweeping(cluster).sweepCluster.executeWithOptions({ summary }, [{ cluster }]);
}

async function closeRelease(
  report: ReconcileReport,
  { release, why, runs }: OverRelease,
  end: typeof endRuns,
): Promise<void> {
  const ended = await end({ release, runs });
  const summary = `${release}: record its end, free its turns`;
  await reconciling.closeRelease.executeWithOptions({ summary }, [{ release, why, runs: ended }]);
  report.closed.push(release);
}

async function endRuns({ release, runs }: Pick<OverRelease, 'release' | 'runs'>): Promise<CloseReleaseInput['runs']> {
  const ended: CloseReleaseInput['runs'] = [];
  for (const run of runs) {
    const summary = `${release}: end what ${run.key.channel} has left`;
    ended.push({ key: run.key, answer: await endingLeft(run.cluster).endRun.executeWithOptions({ summary }, [run]) });
  }
  return ended;
}
