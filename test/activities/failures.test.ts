import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { describe, expect, test } from '@jest/globals';
import { failWith, guarded, persistent } from '../../src/activities/failures.js';
import { failures, type FailureCode } from '../../src/release/failures.js';
import { TowpathError } from '../../src/release/towpath-error.js';

const logged: LogEntry[] = [];
async function leaves(error: unknown, wrap = guarded): Promise<unknown> {
  logged.length = 0;
  const logger = new DefaultLogger('DEBUG', (entry) => logged.push(entry));
  const body = wrap(() => Promise.reject(error as Error));
  return new MockActivityEnvironment({}, { logger }).run(() => body(undefined)).catch((thrown: unknown) => thrown);
}
const canaries = ['canary-body', 'canary-header', 'canary-secret'];

test.each(Object.entries(failures) as [FailureCode, { retry: boolean; text: string }][])(
  '%s is decided by the table',
  async (code, { retry, text }) => {
    expect(await leaves(new TowpathError(code, 'why'))).toMatchObject({
      type: code,
      nonRetryable: !retry,
      message: 'why',
    });
    expect(() => failWith(code, '')).toThrow(text);
  },
);

test.each(Object.keys(failures) as FailureCode[])(
  '%s is asked again where giving up would leave something',
  async (code) => {
    expect(await leaves(new TowpathError(code, 'why'), persistent)).toMatchObject({ type: code, nonRetryable: false });
  },
);

test('a hint goes along, and how long to wait', async () => {
  const error = new TowpathError('RUNTIME_UNREACHABLE', 'busy', { hint: 'try later', retryAfterMs: 7000 });
  expect(await leaves(error)).toMatchObject({ message: 'busy (try later)', nextRetryDelay: 7000 });
});

test('the cause of an error stays behind', async () => {
  const cause = Object.assign(new Error('canary-secret'), { body: 'canary-body', headers: { a: 'canary-header' } });
  const failure = await leaves(new TowpathError('RUNTIME_UNREACHABLE', 'no answer', { cause }));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect((failure as ApplicationFailure).cause).toBeUndefined();
  for (const canary of canaries) expect(everything(failure)).not.toContain(canary);
});

test('what an activity decided itself, and cancellation, pass', async () => {
  const own = ApplicationFailure.nonRetryable('mine', 'JOB_FAILED');
  expect(await leaves(own)).toBe(own);
  const cancelled = new CancelledFailure('away');
  expect(await leaves(cancelled)).toBe(cancelled);
});

describe('a bug', () => {
  test.each([
    ['an error whose message holds data', Object.assign(new Error('params: canary-secret'), { body: 'canary-body' })],
    ['an error of ours with a code that no step has', new TowpathError('INTERNAL', 'canary-secret')],
    ['something that is no error', 'canary-secret'],
  ])('%s is asked again, and says only where it was', async (_, error) => {
    const failure = await leaves(error);
    expect(failure).toMatchObject({ type: 'INTERNAL', nonRetryable: false });
    const entry = logged.find(({ message }) => message === 'a bug in an activity');
    expect(entry?.level).toBe('ERROR');
    const told = everything(failure) + JSON.stringify(entry?.meta);
    for (const canary of canaries) expect(told).not.toContain(canary);
  });

  test('is logged with its place', async () => {
    await leaves(new Error('params: canary-secret'));
    const entry = logged.find(({ message }) => message === 'a bug in an activity');
    expect(JSON.stringify(entry?.meta)).toContain('failures.test.ts');
  });
});

/** With the fields that JSON leaves out. */
function everything(error: unknown): string {
  return JSON.stringify(error, Object.getOwnPropertyNames(error));
}
