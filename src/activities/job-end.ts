import type { FailureCode } from '../release/failures.js';
import { given } from '../release/given.js';
import type { RunEnd } from '../release/view.js';
import type { LogTail, MainContainer, ObservedJob, ObservedPod } from './ports.js';
import { reportedBy, type Reported } from './reported.js';

/** What the end of a Job means: a code, a sentence, and what was seen (docs/spec.md §7.8). */
export interface JobEnd {
  code: FailureCode | 'SUCCEEDED';
  sentence: string;
  end: RunEnd;
}

export interface StoredLog extends LogTail {
  warnings: string[];
}

interface Verdict {
  code: JobEnd['code'];
  sentence: string;
  warning?: string;
}

interface Evidence {
  end: Partial<NonNullable<ObservedJob['end']>>;
  pod: Partial<ObservedPod>;
  main: Partial<MainContainer>;
  /** The program's own: Kubernetes makes one up for a container that it lost. */
  exitCode: number | undefined;
  reported: Reported;
}

/** Exit codes of a program that was told to stop: 128 + SIGKILL, 128 + SIGTERM. */
const stopped: (number | undefined)[] = [137, 143, undefined];
/** The container's command could not be run: exit code and message are the runtime's. */
const notRunnable = ['StartError', 'ContainerCannotRun'];
/** All of an end is at most 64 KiB; characters that JSON escapes count as they are written. */
const tailLimit = 32 * 1024;

/** Explains a Job that has ended. */
export function explainEnd(job: ObservedJob, pod: ObservedPod | undefined, log: StoredLog): JobEnd {
  const main: Partial<MainContainer> = pod?.main ?? {};
  const reported = reportedBy(main, log);
  const exitCode = main.reason === 'ContainerStatusUnknown' ? undefined : main.exitCode;
  const { code, sentence, warning } = verdictOn({ end: job.end ?? {}, pod: pod ?? {}, main, exitCode, reported });
  const end = endOf(log, { job, pod }, reported);
  if (warning !== undefined) end.warnings.push(warning);
  return { code, sentence, end };
}

/** A ladder, cause before symptom: a disrupted pod has an exit code too, which explains nothing. */
function verdictOn(seen: Evidence): Verdict {
  for (const rung of [complete, pastDeadline, despiteOthers, outOfMemory, disrupted, failedBefore, withoutExitCode]) {
    const verdict = rung(seen);
    if (verdict) return verdict;
  }
  const { main, exitCode } = seen;
  if (notRunnable.includes(main.reason ?? ''))
    return failed(`it could not be started: ${(main.message ?? '').slice(0, 500)}`);
  return failed(`exit code ${exitCode}`);
}

const failed = (why: string): Verdict => ({ code: 'JOB_FAILED', sentence: `the program failed: ${why}` });

const succeeded = ({ unreadable }: Reported): Verdict =>
  unreadable ?? { code: 'SUCCEEDED', sentence: 'the program succeeded' };

const complete = ({ end, reported }: Evidence): Verdict | undefined =>
  end.succeeded ? succeeded(reported) : undefined;

const pastDeadline = ({ end }: Evidence): Verdict | undefined =>
  end.reason === 'DeadlineExceeded'
    ? { code: 'JOB_TIMED_OUT', sentence: 'the Job passed its deadline and was ended by Kubernetes' }
    : undefined;

/** The main container's exit code is the command's: what other containers did is said, and does not count. */
function despiteOthers({ end, pod, exitCode, reported }: Evidence): Verdict | undefined {
  if (exitCode !== 0) return undefined;
  const { failed: other } = pod;
  const why = other
    ? `container "${other.container}" ended with exit code ${other.exitCode}`
    : (end.reason ?? 'unknown');
  return { ...succeeded(reported), warning: `the program succeeded, but its Job did not: ${why}` };
}

const outOfMemory = ({ main }: Evidence): Verdict | undefined =>
  main.reason === 'OOMKilled' ? failed('it needed more memory than its limit') : undefined;

function disrupted({ pod, exitCode }: Evidence): Verdict | undefined {
  const why = pod.disruption ?? (pod.deleting ? 'it was deleted' : undefined);
  if (why === undefined || !stopped.includes(exitCode)) return undefined;
  return { code: 'DISRUPTED', sentence: `the pod was ended before the program had finished (${why})` };
}

function failedBefore({ pod, main }: Evidence): Verdict | undefined {
  if (!pod.failed || main.started) return undefined;
  const { container, exitCode } = pod.failed;
  return failed(`container "${container}" failed before it was started, with exit code ${exitCode}`);
}

function withoutExitCode({ end, pod, exitCode }: Evidence): Verdict | undefined {
  if (exitCode !== undefined) return undefined;
  const why = pod.reason ?? end.reason ?? 'no reason is known';
  return { code: 'DISRUPTED', sentence: `the pod ended without an exit code of the program (${why})` };
}

interface Observed {
  job?: ObservedJob | undefined;
  pod?: ObservedPod | undefined;
}

/** What was seen of a run, whether its Job has ended, is still there, or is gone; what it had reported by then counts. */
export const describeEnd = (log: StoredLog, seen: Observed = {}): RunEnd =>
  endOf(log, seen, reportedBy(seen.pod?.main ?? {}, log));

function endOf(log: StoredLog, seen: Observed, { fields, warnings }: Reported): RunEnd {
  const job: Partial<ObservedJob> = seen.job ?? {};
  const pod: Partial<ObservedPod> = seen.pod ?? {};
  const { end = {} }: { end?: Partial<NonNullable<ObservedJob['end']>> } = job;
  const main: Partial<MainContainer> = pod.main ?? {};
  return given({
    ...fields,
    exitCode: main.exitCode,
    reason: main.reason ?? pod.reason,
    message: end.message?.slice(0, 1000),
    condition: condition(job),
    startedAt: main.startedAt ?? job.startedAt,
    endedAt: main.endedAt ?? end.at,
    imageId: main.imageId,
    tail: fitting(log.tail),
    logBytes: log.bytes,
    truncated: log.truncated,
    warnings: [...log.warnings, ...warnings],
  });
}

function condition({ end }: Partial<ObservedJob>): string | undefined {
  return end && [end.succeeded ? 'Complete' : 'Failed', end.reason].filter(Boolean).join(': ');
}

/** The last lines that fit; of one that alone does not, its end. */
function fitting(lines: string[]): string[] {
  const kept: string[] = [];
  let left = tailLimit;
  for (const line of lines.toReversed()) {
    left -= Buffer.byteLength(JSON.stringify(line)) + 1;
    if (left < 0) break;
    kept.unshift(line);
  }
  const last = lines.at(-1);
  return kept.length === 0 && last !== undefined ? [last.slice(-tailLimit / 6)] : kept;
}
