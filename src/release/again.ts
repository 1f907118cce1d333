import type { ErrorCode } from './codes.js';
import type { ApplyPlan } from './plan.js';
import type { Again, ChannelState } from './state.js';
import type { Explanation } from './view.js';

/** A run that ended and did not succeed. `jitter` is between 0 and 1. */
export interface EndedRun {
  code: ErrorCode;
  why: Explanation;
  now: string;
  jitter: number;
}

export type Verdict =
  | { again: Again }
  /** It would be tried again, and no time is left for it. */
  | { tooLate: string }
  | { giveUp: string | undefined };

/** What Kubernetes does to a run is no failure of the program (docs/spec.md §7.8). */
const brokenOff: readonly ErrorCode[] = ['DISRUPTED', 'JOB_LOST', 'JOB_REPLACED'];

/** Pauses after a run that was broken off: the first, and the longest. */
const [firstMs, longestMs] = [1000, 300_000];

/**
 * Whether a run is tried again, and when: by its exit code as the policy says, or because it was broken off and may be
 * started twice. Everything else needs a person (docs/spec.md §8.4).
 */
export function tryAgain(plan: ApplyPlan, channel: ChannelState, run: EndedRun): Verdict {
  const so: Again = channel.again ?? { ordinal: 1, tried: 0, brokenOff: 0, at: run.now, why: run.why };
  const next = { ...so, ordinal: so.ordinal + 1, why: run.why };
  const verdict = brokenOff.includes(run.code) ? afterDisruption(plan, next, run) : afterExit(plan, next, run);
  return 'again' in verdict ? inTime(plan, channel, verdict.again) : verdict;
}

function afterDisruption({ idempotent }: ApplyPlan, next: Again, { now, jitter }: EndedRun): Verdict {
  if (idempotent !== true) return { giveUp: undefined };
  const pauseMs = pause({ baseMs: firstMs, maxMs: longestMs }, next.brokenOff, jitter);
  return { again: { ...next, brokenOff: next.brokenOff + 1, at: later(now, pauseMs) } };
}

function afterExit({ retry }: ApplyPlan, next: Again, { code, why, now, jitter }: EndedRun): Verdict {
  const { exitCode = -1 } = why;
  if (code !== 'JOB_FAILED' || !retry?.exitCodes.includes(exitCode)) return { giveUp: undefined };
  const tried = next.tried + 1;
  if (tried >= (retry.attempts ?? Infinity)) return { giveUp: `attempt ${tried} of ${retry.attempts}` };
  return { again: { ...next, tried, brokenOff: 0, at: later(now, pause(retry, next.tried, jitter)) } };
}

/** Doubles with every run before, with up to 10 % on top, so that what failed together is not tried together. */
function pause({ baseMs, maxMs }: { baseMs: number; maxMs: number }, before: number, jitter: number): number {
  const doubled = Math.min(baseMs * 2 ** Math.min(before, 30), maxMs);
  return Math.round(doubled * (1 + jitter / 10));
}

const later = (now: string, ms: number): string => new Date(Date.parse(now) + ms).toISOString();

/** Nothing changes between now and a deadline that passes in the pause: it is said now. */
function inTime({ progressDeadlineMs }: ApplyPlan, { progress }: ChannelState, again: Again): Verdict {
  if (progressDeadlineMs === undefined) return { again };
  const spentMs = (progress?.spentMs ?? 0) + (progress?.since ? Date.parse(again.at) - Date.parse(progress.since) : 0);
  if (spentMs <= progressDeadlineMs) return { again };
  return { tooLate: `the progress deadline of ${progressDeadlineMs / 1000}s is over before it could be tried again` };
}
