import { tryAgain, type Verdict } from './again.js';
import { change, end } from './change.js';
import { runFailure } from './explain.js';
import { given } from './given.js';
import type { ReleaseEvent } from './reduce.js';
import { channelOf, type ChannelState, type ReleaseState } from './state.js';
import type { BeginRunInput, RunRef } from './steps.js';
import type { Explanation, RunEnd } from './view.js';

/** What the runs of a channel change in the state of its release. */

type Progress = NonNullable<ChannelState['progress']>;
type Queued = Extract<ReleaseEvent, { type: 'queued' }>;
type Ended = Extract<ReleaseEvent, { type: 'runEnded' }>;

/** The clock of the progress deadline stands still while a channel waits for a turn or a slot (docs/spec.md §8.7). */
export function queue(state: ReleaseState, event: Queued, now: string): ReleaseState {
  const { progress } = channelOf(state, event.channel);
  const { behind, slots } = 'slots' in event ? { slots: event.slots } : { behind: event.behind };
  return change(state, event.channel, { phase: 'queued', behind, slots, progress: progress && stopped(progress, now) });
}

const stopped = ({ spentMs, since }: Progress, now: string): Progress => ({
  spentMs: spentMs + (since === undefined ? 0 : Date.parse(now) - Date.parse(since)),
});

export function startRun(
  state: ReleaseState,
  { channel: name, ref }: { channel: string; ref: RunRef },
  now: string,
): ReleaseState {
  const { run, cluster, namespace, name: job, uid } = ref;
  const channel = channelOf(state, name);
  const runs = channel.runs.filter((each) => each.run !== run);
  const started = {
    run,
    command: ref.key.command,
    state: 'running',
    cluster,
    job: { namespace, name: job, uid },
    startedAt: now,
  } as const;
  const progress = { since: now, ...(channel.progress ?? { spentMs: 0 }) };
  return change(state, name, {
    phase: 'applying',
    runs: [...runs, started],
    progress: channel.plan.apply.progressDeadlineMs === undefined ? undefined : progress,
  });
}

/**
 * Until when a run that is tried again may start: by a time, or, when the clock of its progress deadline stands still, within
 * so long after it has got its turn and its slot.
 */
export function latestStart({ plan, progress, again }: ChannelState): Pick<BeginRunInput, 'startBy' | 'startWithinMs'> {
  const { progressDeadlineMs } = plan.apply;
  if (progressDeadlineMs === undefined || !progress || !again) return {};
  const startWithinMs = progressDeadlineMs - progress.spentMs;
  if (progress.since === undefined) return { startWithinMs };
  return { startBy: new Date(Date.parse(progress.since) + startWithinMs).toISOString() };
}

/** Lines of a log kept in the state; the store has all of it. */
const tailKept = 20;
/** Runs kept in the state while they are tried again and again; the store has all of them. */
const runsKept = 10;

/** The end of a run as its release keeps it. */
export const briefly = (end: RunEnd | undefined): RunEnd | undefined =>
  end && { ...end, tail: end.tail.slice(-tailKept) };

export function endRun(state: ReleaseState, event: Ended, now: string): ReleaseState {
  const { channel: name, code, run } = event;
  const ended = briefly(event.end);
  const outcome = given({ endedAt: now, end: ended });
  const runs = channelOf(state, name).runs.map((each) => {
    if (each.run !== run) return each;
    if (code === 'SUCCEEDED') return { ...each, ...outcome, state: 'succeeded' as const };
    return { ...each, ...outcome, state: 'failed' as const, code };
  });
  const after = change(state, name, { runs });
  if (code === 'SUCCEEDED')
    return change(after, name, { phase: 'ended', status: 'CONVERGED', stableSince: now, again: undefined });
  const subject = run === undefined ? name : `run ${run}`;
  const channel = channelOf(after, name);
  const late = code === 'PROGRESS_DEADLINE_EXCEEDED' && channel.again;
  const why = late
    ? final(late.why, { tooLate: event.message })
    : runFailure(code, event.message, given({ subject, end: ended }));
  const verdict = tryAgain(channel.plan.apply, channel, { code, why, now, jitter: event.jitter ?? 0 });
  if ('again' in verdict)
    return change(after, name, { phase: 'retrying', again: verdict.again, runs: runs.slice(-runsKept) });
  return end(change(after, name, { again: undefined }), name, 'FAILED', final(why, verdict));
}

function final(why: Explanation, verdict: Exclude<Verdict, { again: unknown }>): Explanation {
  if ('tooLate' in verdict)
    return { ...why, code: 'PROGRESS_DEADLINE_EXCEEDED', message: `${verdict.tooLate}; ${why.message}` };
  return verdict.giveUp === undefined ? why : { ...why, message: `${why.message} (${verdict.giveUp})` };
}
