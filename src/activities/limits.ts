import { isOver } from './look.js';
import type { ObservedJob, ObservedPod } from './ports.js';

interface Limits {
  timeoutMs: number;
  startTimeoutMs: number;
}

export type Overdue =
  | { code: 'JOB_TIMED_OUT' | 'JOB_NOT_STARTING'; sentence: string }
  /** Nothing is overdue; something could be in so many ms. */
  | { inMs: number };

/** The cluster's times are whole seconds: within this, nobody can tell. */
const blurMs = 1000;
const soonestMs = 250;
/** How long a pod may take to end after its Job has. */
const settleMs = 120_000;

/**
 * What the clock says about a Job that has not ended. The command's time counts from the Job's start, as Kubernetes' own
 * deadline does, which follows a minute later and would take the log with the pod (docs/spec.md §7.3). All times are the
 * cluster's, so that a worker whose clock is wrong ends nothing early.
 */
export function overdue(
  job: ObservedJob,
  pod: ObservedPod | undefined,
  { timeoutMs, startTimeoutMs, stuckSince }: Limits & { stuckSince: string },
): Overdue {
  const left = timeoutMs + blurMs - ageMs(job, job.startedAt ?? job.createdAt);
  if (left <= 0) {
    const other = pod?.main?.exitCode === undefined ? '' : '; its program had, but another container still runs';
    return { code: 'JOB_TIMED_OUT', sentence: `the Job did not finish within ${durationText(timeoutMs)}${other}` };
  }
  if (!isStuck(pod)) return { inMs: Math.max(left, soonestMs) };
  const toStart = startTimeoutMs + blurMs - ageMs(job, stuckSince);
  if (toStart <= 0)
    return { code: 'JOB_NOT_STARTING', sentence: `the Job did not start within ${durationText(startTimeoutMs)}` };
  return { inMs: Math.max(Math.min(left, toStart), soonestMs) };
}

/** The condition may come before the pod has ended, on older clusters and for a lost node: its exit code is waited for. */
export function hasEnded(job: ObservedJob, pod: ObservedPod | undefined): boolean {
  if (!job.end) return false;
  return !pod || isOver(pod) || ageMs(job, job.end.at ?? job.createdAt) >= settleMs;
}

/** Nothing runs and nothing has run, or Kubernetes says that something cannot; init containers may take their time. */
export const isStuck = (pod: ObservedPod | undefined): boolean =>
  !pod?.main?.started && (!pod?.begun || pod.waiting !== undefined);

/** By the cluster's clock. */
export const ageMs = (job: ObservedJob, since: string): number => Date.parse(job.readAt) - Date.parse(since);

/** `1h30m`, as a person would write it. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const text = parts.flatMap(([count, unit]) => (count > 0 ? `${count}${unit}` : [])).join('');
  return text === '' ? `${ms}ms` : text;
}
