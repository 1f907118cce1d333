import { ActivityFailure } from '@temporalio/workflow';
import type { CloseReleaseInput, OverRelease, ReconcileReport } from '../release/reconciling.js';
import { endingLeft, reconciling } from './proxies.js';

/**
 * One round of the second net: ends what releases have left behind whose workflow is over, by termination or because
 * Temporal has lost it. Started by a schedule; whatever cannot be done now is done by a later round (docs/architecture.md).
 */
export async function reconciler(): Promise<ReconcileReport> {
  const { over, foreign } = await reconciling.findOver({});
  const report: ReconcileReport = { closed: [], waiting: {}, foreign };
  await Promise.all(
    over.map(async (each) => {
      const waits = await endRelease(each);
      if (waits === undefined) report.closed.push(each.release);
      else report.waiting[each.release] = waits;
    }),
  );
  return report;
}

/** Why it has to wait for a later round; a cluster that is away delays its own releases alone. */
async function endRelease({ release, why, runs }: OverRelease): Promise<string | undefined> {
  try {
    const ended: CloseReleaseInput['runs'] = [];
    for (const run of runs) {
      const summary = `${release}: end what ${run.key.channel} has left`;
      ended.push({ key: run.key, answer: await endingLeft(run.cluster).endRun.executeWithOptions({ summary }, [run]) });
    }
    const summary = `${release}: record its end, free its turns`;
    await reconciling.closeRelease.executeWithOptions({ summary }, [{ release, why, runs: ended }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return error.cause?.message ?? error.message;
  }
}
