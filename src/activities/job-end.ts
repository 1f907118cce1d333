import type { FailureCode } from '../release/failures.js';
import { given } from '../release/given.js';
import type { RunEnd } from '../release/view.js';
import type { ObservedJob, ObservedPod } from './ports.js';
import { readResult, type ReadResult } from './result-file.js';

/** What the end of a Job means: a code, a sentence, and what was seen (docs/spec.md §7.8). */
export interface JobEnd {
  code: FailureCode | 'SUCCEEDED';
  sentence: string;
  end: RunEnd;
}

export interface StoredLog {
  tail: string[];
  bytes: number;
  truncated: boolean;
  warnings: string[];
}

/** Exit codes of a program that was told to stop: 128 + SIGKILL, 128 + SIGTERM. */
const stopped = [137, 143];

/** Explains a Job that has ended. */
export function explainEnd(job: ObservedJob, pod: ObservedPod | undefined, log: StoredLog): JobEnd {
  const read = readResult(pod?.main?.message);
  const end = describe(job, pod, log);
  if ('result' in read && read.result) end.result = read.result;
  const { code, sentence } = job.end?.succeeded ? success(read) : failure(job, pod);
  return { code, sentence, end };
}

type Verdict = Pick<JobEnd, 'code' | 'sentence'>;

const success = (read: ReadResult): Verdict =>
  'code' in read ? read : { code: 'SUCCEEDED', sentence: 'the program succeeded' };

/** A ladder, cause before symptom: a disrupted pod has an exit code too, which explains nothing. */
function failure(job: ObservedJob, pod: ObservedPod | undefined): Verdict {
  if (job.end?.reason === 'DeadlineExceeded')
    return { code: 'JOB_TIMED_OUT', sentence: 'the Job passed its deadline and was ended by Kubernetes' };
  const own = ownExitCode(pod);
  if (pod?.disruption !== undefined && (own === undefined || stopped.includes(own)))
    return {
      code: 'DISRUPTED',
      sentence: `the pod was ended by its node before the program had finished (${pod.disruption})`,
    };
  if (own === undefined) {
    const why = pod?.reason ?? job.end?.reason ?? 'it is gone';
    return { code: 'DISRUPTED', sentence: `the pod ended without an exit code of the program (${why})` };
  }
  const memory = pod?.main?.reason === 'OOMKilled';
  return {
    code: 'JOB_FAILED',
    sentence: `the program failed: ${memory ? 'it needed more memory than its limit' : `exit code ${own}`}`,
  };
}

/** Kubernetes makes one up for a container that it lost. */
function ownExitCode(pod: ObservedPod | undefined): number | undefined {
  return pod?.main?.reason === 'ContainerStatusUnknown' ? undefined : pod?.main?.exitCode;
}

function describe(job: ObservedJob, pod: ObservedPod | undefined, log: StoredLog): RunEnd {
  const main: NonNullable<ObservedPod['main']> = pod?.main ?? { started: false };
  return given({
    exitCode: main.exitCode,
    reason: main.reason ?? pod?.reason,
    message: job.end?.message,
    condition: condition(job),
    startedAt: main.startedAt ?? job.startedAt,
    endedAt: main.endedAt ?? job.end?.at,
    imageId: main.imageId,
    tail: log.tail,
    logBytes: log.bytes,
    truncated: log.truncated,
    warnings: log.warnings,
  });
}

function condition({ end }: ObservedJob): string | undefined {
  if (!end) return undefined;
  return `${end.succeeded ? 'Complete' : 'Failed'}${end.reason ? `: ${end.reason}` : ''}`;
}
