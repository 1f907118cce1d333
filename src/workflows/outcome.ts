import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { failures, type FailureCode } from '../release/failures.js';
import type { ErrorCode } from '../release/codes.js';
import { given } from '../release/given.js';
import type { ChannelPlan } from '../release/plan.js';
import type { ReleaseEvent } from '../release/reduce.js';
import type { RunEnd } from '../release/view.js';

/** How a run ended, as the release will say it. */
export interface Outcome {
  code: ErrorCode | 'SUCCEEDED';
  message: string;
  /** Known when the activity that knew it answered. */
  run?: number;
  end?: RunEnd;
}

export const succeeded = (end: RunEnd): Outcome => ({ code: 'SUCCEEDED', message: 'the program succeeded', end });

/** Codes that say that the Job reached an end of its own: nothing is left to be ended. */
const own: readonly string[] = ['SUCCEEDED', 'JOB_FAILED', 'RESULT_INVALID', 'RESULT_TOO_LARGE'];

/** True when the Job is known to have ended by itself. */
export const endedByItself = (code: Outcome['code']): boolean => own.includes(code);

/** What was seen of a run before it was ended, with what its program still logged and reported while it was. */
export function andUntilGone(before: RunEnd | undefined, ended: RunEnd | undefined): RunEnd | undefined {
  if (!before || !ended) return before ?? ended;
  const { tail, logBytes, truncated } = ended;
  const { result, largeResult } = ended.result || ended.largeResult ? ended : before;
  const warnings = [...new Set([...before.warnings, ...ended.warnings])];
  return given({ ...before, tail, logBytes, truncated, result, largeResult, warnings });
}

/** Reads an activity's failure by type, never by its text. Cancellation is not an outcome: it goes on. */
export function outcomeOf(error: unknown): Outcome {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isFailureCode(cause.type)) {
    const end = cause.details?.[0] as RunEnd | undefined;
    return { code: cause.type, message: cause.message, ...(end ? { end } : {}) };
  }
  if (cause instanceof TimeoutFailure)
    return { code: 'RUNTIME_UNREACHABLE', message: 'no worker could follow the run in time' };
  return { code: 'INTERNAL', message: 'a step of the release failed unexpectedly; the log of the worker says more' };
}

const isFailureCode = (type: string | undefined | null): type is FailureCode =>
  typeof type === 'string' && type in failures;

/** What the end of a run is for its release. */
export function endEvent(
  { name: channel, apply: policy }: ChannelPlan,
  run: number | undefined,
  outcome: Outcome,
): ReleaseEvent {
  const { code, message, end: seen } = outcome;
  if (code === 'CANCELLED_BY_USER') return given({ type: 'cancelled' as const, channel, end: seen });
  const jitter = policy.progressDeadlineMs === undefined ? undefined : Math.random();
  return { type: 'runEnded', channel, ...given({ code, message, run: run ?? outcome.run, end: seen, jitter }) };
}
