import { describe, expect, test } from '@jest/globals';
import { describeEnd, explainEnd, type JobEnd } from '../../src/activities/job-end.js';
import type { ObservedJob, ObservedPod } from '../../src/activities/ports.js';
import { jobOf, podOf } from './observed.js';

const log = { tail: ['last line'], bytes: 10, truncated: false, warnings: [] };
const failedJob = jobOf({ end: { succeeded: false, reason: 'BackoffLimitExceeded', at: '2026-01-01T00:05:00.000Z' } });
const completeJob = jobOf({ end: { succeeded: true } });
const deadJob = jobOf({ end: { succeeded: false, reason: 'DeadlineExceeded' } });
const drained = { disruption: 'EvictionByEvictionAPI: drain' };

test.each<[string, JobEnd['code'], string, [ObservedJob, ObservedPod?]]>([
  ['exit 0', 'SUCCEEDED', 'the program succeeded', [completeJob, podOf({ exitCode: 0 }, { phase: 'Succeeded' })]],
  ['success whose pod is gone', 'SUCCEEDED', 'the program succeeded', [completeJob]],
  ['exit 7', 'JOB_FAILED', 'the program failed: exit code 7', [failedJob, podOf({ exitCode: 7, reason: 'Error' })]],
  [
    'an exit code of its own that looks like a signal',
    'JOB_FAILED',
    'the program failed: exit code 137',
    [failedJob, podOf({ exitCode: 137, reason: 'Error' })],
  ],
  [
    'too much memory',
    'JOB_FAILED',
    'the program failed: it needed more memory than its limit',
    [failedJob, podOf({ exitCode: 137, reason: 'OOMKilled' })],
  ],
  [
    'a command that is not there',
    'JOB_FAILED',
    'the program failed: it could not be started: exec: "nope": not found',
    [failedJob, podOf({ exitCode: 128, reason: 'StartError', message: 'exec: "nope": not found' })],
  ],
  [
    'an init container that failed',
    'JOB_FAILED',
    'the program failed: container "wait" failed before it was started, with exit code 4',
    [failedJob, podOf(undefined, { failed: { container: 'wait', exitCode: 4 } })],
  ],
  [
    "Kubernetes' own deadline, whatever the exit code",
    'JOB_TIMED_OUT',
    'the Job passed its deadline and was ended by Kubernetes',
    [deadJob, podOf({ exitCode: 143, reason: 'Error' }, { deleting: true })],
  ],
  [
    'a drain before an exit code',
    'DISRUPTED',
    'the pod was ended before the program had finished (EvictionByEvictionAPI: drain)',
    [failedJob, podOf({ exitCode: 143 }, drained)],
  ],
  [
    'a drain after an exit code of the program',
    'JOB_FAILED',
    'the program failed: exit code 7',
    [failedJob, podOf({ exitCode: 7 }, drained)],
  ],
  [
    'a deleted pod',
    'DISRUPTED',
    'the pod was ended before the program had finished (it was deleted)',
    [failedJob, podOf({ exitCode: 137 }, { deleting: true })],
  ],
  [
    'too much memory in a pod that is being deleted',
    'JOB_FAILED',
    'the program failed: it needed more memory than its limit',
    [failedJob, podOf({ exitCode: 137, reason: 'OOMKilled' }, { deleting: true })],
  ],
  [
    'a container that was lost',
    'DISRUPTED',
    'the pod ended without an exit code of the program (NodeLost)',
    [failedJob, podOf({ exitCode: 137, reason: 'ContainerStatusUnknown' }, { reason: 'NodeLost' })],
  ],
  [
    'a failure whose pod is gone',
    'DISRUPTED',
    'the pod ended without an exit code of the program (BackoffLimitExceeded)',
    [failedJob],
  ],
])('%s is %s: %s', (_, code, sentence, [job, pod]) => {
  expect(explainEnd(job, pod, log)).toMatchObject({ code, sentence });
});

describe('a program that succeeded beside a container that did not', () => {
  test('has succeeded, and the other is told', () => {
    const pod = podOf({ exitCode: 0, reason: 'Completed' }, { failed: { container: 'proxy', exitCode: 2 } });
    const { code, end } = explainEnd(failedJob, pod, log);
    expect(code).toBe('SUCCEEDED');
    expect(end.warnings).toEqual([
      'the program succeeded, but its Job did not: container "proxy" ended with exit code 2',
    ]);
  });

  test('and that Kubernetes has ended after it, as it ends a sidecar, is none of its business', () => {
    const pod = podOf({ exitCode: 0 }, { failed: { container: 'sidecar', exitCode: 143 } });
    const { code, end } = explainEnd(completeJob, pod, log);
    expect([code, end.warnings]).toEqual(['SUCCEEDED', []]);
  });

  test('but ran into the deadline of its Job has not', () => {
    expect(explainEnd(deadJob, podOf({ exitCode: 0 }), log).code).toBe('JOB_TIMED_OUT');
  });
});

describe('the result file', () => {
  test('is shown with the end, whatever the exit code', () => {
    const message = '{"message":"half done"}';
    for (const [job, exitCode] of [[completeJob, 0] as const, [failedJob, 3] as const])
      expect(explainEnd(job, podOf({ exitCode, message }), log).end.result).toEqual({ message: 'half done' });
  });

  test('that is not valid spoils a success, and not the exit code of a failure', () => {
    expect(explainEnd(completeJob, podOf({ exitCode: 0, message: 'no' }), log).code).toBe('RESULT_INVALID');
    expect(explainEnd(failedJob, podOf({ exitCode: 3, message: 'no' }), log).code).toBe('JOB_FAILED');
  });

  test('is too large where this pod is cut', () => {
    const pod = podOf({ exitCode: 0, message: `{"a":"${'x'.repeat(3000)}`, messageLimit: 3000 });
    expect(explainEnd(completeJob, pod, log).code).toBe('RESULT_TOO_LARGE');
  });
});

describe('a framed result', () => {
  const framed = { sha256: 'a', result: { message: 'framed' } };

  test('goes before the file, and a file that says something else is told', () => {
    const told = ['the result file was not read: the log has a framed result'];
    for (const [message, warnings] of [
      [undefined, []],
      ['{"message":"framed"}', []],
      [`{"a":"${'x'.repeat(4090)}`, []],
      ['{"message":"file"}', told],
    ] as const) {
      const pod = podOf({ exitCode: 0, ...(message === undefined ? {} : { message }) });
      const { code, end } = explainEnd(completeJob, pod, { ...log, framed });
      expect([code, end.result, end.warnings]).toEqual(['SUCCEEDED', { message: 'framed' }, warnings]);
    }
  });

  test('that is large is referred to', () => {
    const largeResult = { digest: 'd', bytes: 5000, message: 'm' };
    const { end } = explainEnd(completeJob, podOf({ exitCode: 0 }), { ...log, framed: { sha256: 'a', largeResult } });
    expect(end).toMatchObject({ largeResult });
    expect(end).not.toHaveProperty('result');
  });

  test('that is broken spoils a success whatever the file says, and not the exit code of a failure', () => {
    const broken = { ...log, framed: { code: 'RESULT_INVALID', sentence: 'why' } as const };
    const message = '{"message":"file"}';
    const spoilt = explainEnd(completeJob, podOf({ exitCode: 0, message }), broken);
    expect(spoilt).toMatchObject({ code: 'RESULT_INVALID', sentence: 'why' });
    expect(spoilt.end).not.toHaveProperty('result');
    expect(explainEnd(failedJob, podOf({ exitCode: 3, message }), broken).code).toBe('JOB_FAILED');
  });
});

test('what was seen is told with codes, times and the last lines', () => {
  const main = { exitCode: 7, reason: 'Error', imageId: 'sha256:1', startedAt: 'a', endedAt: 'b' };
  expect(explainEnd(failedJob, podOf(main), log).end).toEqual({
    exitCode: 7,
    reason: 'Error',
    imageId: 'sha256:1',
    startedAt: 'a',
    endedAt: 'b',
    condition: 'Failed: BackoffLimitExceeded',
    tail: ['last line'],
    logBytes: 10,
    truncated: false,
    warnings: [],
  });
  expect(explainEnd(failedJob, undefined, log).end).toMatchObject({
    startedAt: '2026-01-01T00:00:01.000Z',
    endedAt: '2026-01-01T00:05:00.000Z',
  });
});

test.each([
  ['lines that JSON makes long', Array.from({ length: 200 }, () => '\u0001'.repeat(80))],
  ['one line that is too long', ['\u0001'.repeat(16_384)]],
  ['many short lines', Array.from({ length: 200 }, (_, nth) => `${nth}`)],
])('the last lines of %s fit into the end', (_, tail) => {
  const { tail: kept } = describeEnd({ ...log, tail });
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(33 * 1024);
  expect(kept.length).toBeGreaterThan(0);
  expect(tail.at(-1)?.endsWith(kept.at(-1) as string)).toBe(true);
});
