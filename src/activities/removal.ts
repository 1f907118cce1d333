import { Context, log } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { RunProgress } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import { orCancelled } from './clock.js';
import { shortlyMs } from './drain.js';
import type { Source } from './log-copy.js';
import { lastLinesMs, LogPump } from './log-pump.js';
import { look, newest, versionsOf, type Look } from './look.js';
import { notEnding } from './not-ending.js';
import type { ObservedPod } from './ports.js';
import { createTeller } from './run-progress.js';
import { drainAll } from './whole-log.js';

/** How long a silent watch is trusted while a Job goes away. */
const rereadMs = 5000;
/** For a log to be open before its pod is told to stop; one without a line opens with the first. */
const openMs = 1000;

/** What was seen of what is gone now: its pod as it was last, and what is to be said of its log. */
export interface Removed {
  pod?: ObservedPod;
  warnings: string[];
}

/**
 * Deletes a Job, or the pods that a Job has left, and waits until nothing of it is there. What was logged is stored first,
 * and the log is read on through the grace period. Safe to repeat; another Job of that name is not touched.
 * A pod that does not end holds it up, and is told of.
 */
export async function remove(source: Source, job: { name: string; uid: string }): Promise<Removed> {
  const { gateway, namespace, mainContainer } = source;
  const { cancellationSignal: signal } = Context.current();
  const at = { namespace, mainContainer, ...job };
  const changes = gateway.watch(at);
  let stored: StoredUpTo | undefined;
  const tell = createTeller(source);
  try {
    for (;;) {
      const seen = await orCancelled(() => look(gateway, at));
      if (isGone(seen)) break;
      stored ??= await storeLog(source, seen);
      await orCancelled(() => end(source, seen));
      await orCancelled(() => tell(progressOf(source, seen)));
      await changes.next(versionsOf(seen), rereadMs, signal);
    }
    await stored?.pump.finish(lastLinesMs);
    return given({ pod: changes.ended(mainContainer), warnings: stored?.warnings ?? [] });
  } finally {
    changes.close();
    await stored?.pump.stop();
  }
}

/** By the cluster's clock, as long as there is a Job to tell it. */
const progressOf = ({ clock }: Source, { job, pods }: Look): RunProgress =>
  given({
    phase: 'waiting' as const,
    waiting: notEnding(pods, job ? Date.parse(job.readAt) : clock.now()),
    logBytes: 0,
  });

const isGone = ({ job, pods }: Look): boolean => !job && pods.items.length === 0;

interface StoredUpTo {
  /** Reads on. */
  pump: LogPump;
  warnings: string[];
}

/** Stores what the pods have logged, and reads on of the newest that runs. */
async function storeLog(source: Source, { pods }: Look): Promise<StoredUpTo | undefined> {
  const pod = newest({ ...pods, items: pods.items.filter(({ main }) => main?.started) });
  if (!pod) return undefined;
  const { cancellationSignal: signal } = Context.current();
  const { warnings } = await orCancelled(() => drainAll(source, pods, { signal, refusedMs: shortlyMs }));
  const pump = new LogPump(source, pod);
  await Promise.race([pump.opened, source.clock.sleep(openMs, signal)]);
  return { pump, warnings };
}

/** A Job takes its pods with it; pods without one are told themselves. */
async function end({ gateway, namespace }: Source, { job, pods }: Look): Promise<void> {
  try {
    if (job && !job.deleting) await gateway.deleteJob(namespace, job.name, job.uid);
    if (job) return;
    for (const pod of pods.items) if (!pod.deleting) await gateway.deletePod(namespace, pod.name, pod.uid);
  } catch (error) {
    // It may have happened all the same: the log is read on, and the next look tells.
    if (!(error instanceof TowpathError) || error.code !== 'RUNTIME_UNREACHABLE') throw error;
    log.warn('a deletion was not answered', { job: job?.name, code: error.code });
  }
}
