import { describe, expect, test } from '@jest/globals';
import { reduce, type ReleaseEvent } from '../../src/release/reduce.js';
import { viewOf } from '../../src/release/release-view.js';
import type { ApplyPlan } from '../../src/release/plan.js';
import { latestStart } from '../../src/release/runs.js';
import { channelOf, createState, type ReleaseState } from '../../src/release/state.js';
import { channelPlan, releasePlan } from '../fakes/plans.js';
import { runRef } from '../fakes/run-ref.js';

const minute = 60_000;
const time = (ms: number): string => new Date(Date.parse('2026-01-01T00:00:00Z') + ms).toISOString();

/** One channel under a policy, and what happens in it, each event with the time that has passed since the start (ms). */
function after(policy: Partial<ApplyPlan>, events: [ReleaseEvent, number][]): ReleaseState {
  const plan = channelPlan('staging');
  const channel = { ...plan, apply: { ...plan.apply, progressDeadlineMs: 120 * minute, ...policy } };
  const fresh = createState(releasePlan([channel]), { number: 7, requestedBy: 'ann', startedAt: time(0) });
  return events.reduce((state, [event, ms]) => reduce(state, event, time(ms)), fresh);
}

const key = { application: 'a', service: 's', release: 7, attempt: 1, command: 'apply', ordinal: 1 } as const;
const begun = (run: number): ReleaseEvent => ({
  type: 'runStarted',
  channel: 'staging',
  ref: runRef({ ...key, channel: 'staging' }, run),
});
type Ended = Extract<ReleaseEvent, { type: 'runEnded' }>;
const ended = (run: number, code: Ended['code'], exitCode?: number, jitter = 0): ReleaseEvent => ({
  type: 'runEnded',
  channel: 'staging',
  run,
  code,
  message: `it was ${code}`,
  jitter,
  end: {
    ...(exitCode === undefined ? {} : { exitCode }),
    tail: ['busy'],
    logBytes: 4,
    truncated: false,
    warnings: [],
  },
});

/** Runs that end so, one after the other: each begins when its pause is over, and lasts for a second. */
function runs(policy: Partial<ApplyPlan>, ends: [code: Ended['code'], exitCode?: number, jitter?: number][]) {
  const events: [ReleaseEvent, number][] = [];
  const pauses: number[] = [];
  let now = 0;
  for (const [i, [code, exitCode, jitter]] of ends.entries()) {
    events.push([{ type: 'asking', channel: 'staging' }, now], [begun(i + 1), now]);
    now += 1000;
    events.push([ended(i + 1, code, exitCode, jitter), now]);
    const { again } = channelOf(after(policy, events), 'staging');
    if (!again) continue;
    pauses.push(Date.parse(again.at) - Date.parse(time(now)));
    now = Date.parse(again.at) - Date.parse(time(0));
  }
  const state = after(policy, events);
  return { pauses, state, channel: channelOf(state, 'staging'), view: viewOf(state).channels[0] };
}

const retry = { exitCodes: [75, 111], baseMs: 10_000, maxMs: 60_000 };
const busy: [Ended['code'], number] = ['JOB_FAILED', 75];

describe('an exit code of the list', () => {
  test('is tried again after a pause that doubles up to the longest', () => {
    expect(runs({ retry }, [busy, busy, busy, busy, busy]).pauses).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test('adds up to a tenth to a pause, so that what failed together is not tried together', () => {
    expect(runs({ retry }, [['JOB_FAILED', 111, 1]]).pauses).toEqual([11_000]);
  });

  test('leaves the channel CONVERGING, with the next attempt, the exit code and the last lines', () => {
    const { view } = runs({ retry }, [busy]);
    expect(view?.status).toBe('CONVERGING');
    expect(view?.explanations).toEqual([
      {
        code: 'RETRYING',
        subject: 'run 1',
        message: `it was JOB_FAILED; attempt 2 begins at ${time(11_000)}`,
        exitCode: 75,
        tail: ['busy'],
      },
    ]);
  });

  test('makes the channel FAILED with the last code when no attempt is left', () => {
    const { view, channel } = runs({ retry: { ...retry, attempts: 3 } }, [busy, busy, busy]);
    expect(view).toMatchObject({
      status: 'FAILED',
      explanations: [{ code: 'APPLY_FAILED', exitCode: 75, message: 'it was JOB_FAILED (attempt 3 of 3)' }],
    });
    expect(channel).not.toHaveProperty('again');
    expect(view?.runs.map(({ run, state, code }) => [run, state, code])).toEqual([
      [1, 'failed', 'JOB_FAILED'],
      [2, 'failed', 'JOB_FAILED'],
      [3, 'failed', 'JOB_FAILED'],
    ]);
  });

  test('is an attempt less when a run succeeds: the channel converges', () => {
    expect(runs({ retry }, [busy, busy, ['SUCCEEDED', 0]]).view).toMatchObject({
      status: 'CONVERGED',
      explanations: [],
    });
  });
});

test.each<[string, Partial<ApplyPlan>, [Ended['code'], number?]]>([
  ['another exit code', { retry, idempotent: true }, ['JOB_FAILED', 1]],
  ['an exit code without a policy', { idempotent: true }, ['JOB_FAILED', 75]],
  ['a program that was too slow', { retry, idempotent: true }, ['JOB_TIMED_OUT', 75]],
  ['a pod that did not start', { retry, idempotent: true }, ['JOB_NOT_STARTING']],
  ['a result that is wrong', { retry, idempotent: true }, ['RESULT_INVALID', 0]],
  ['a lost node, for a program that must not start twice', { retry }, ['DISRUPTED']],
  ['a lost Job, for a program that must not start twice', { retry }, ['JOB_LOST']],
])('%s is not tried again', (_, policy, end) => {
  const { view, pauses } = runs(policy, [end]);
  expect([view?.status, pauses]).toEqual(['FAILED', []]);
});

describe('a program that may start twice', () => {
  test.each<Ended['code']>(['DISRUPTED', 'JOB_LOST', 'JOB_REPLACED'])('runs again soon after %s', (code) => {
    const { view, pauses, channel } = runs({ idempotent: true }, [[code], [code]]);
    expect(view).toMatchObject({ status: 'CONVERGING', explanations: [{ code: 'RETRYING' }] });
    expect(view?.explanations[0]?.message).toContain('another run begins at');
    expect(pauses).toEqual([1000, 2000]);
    expect(channel.again?.ordinal).toBe(3);
  });

  test('uses up no attempt by it', () => {
    const { view } = runs({ idempotent: true, retry: { ...retry, attempts: 2 } }, [['DISRUPTED'], busy, ['JOB_LOST']]);
    expect(view?.status).toBe('CONVERGING');
  });
});

describe('the progress deadline', () => {
  const policy = { retry, progressDeadlineMs: 60_000 };

  test('ends what would be tried again for too long, at once and with the reason', () => {
    // 1 s, 10 s, 1 s, 20 s, 1 s: the pause of 40 s would not fit.
    const { view, pauses } = runs(policy, [busy, busy, busy]);
    expect(pauses).toEqual([10_000, 20_000]);
    expect(view?.explanations).toMatchObject([
      {
        code: 'PROGRESS_DEADLINE_EXCEEDED',
        exitCode: 75,
        message: 'the progress deadline of 60s is over before it could be tried again; it was JOB_FAILED',
      },
    ]);
  });

  test('that passes before the next run could start ends it with what the last one said', () => {
    const state = after(policy, [
      [begun(1), 0],
      [ended(1, 'JOB_FAILED', 75), 1000],
      [{ type: 'asking', channel: 'staging' }, 11_000],
      [ended(2, 'PROGRESS_DEADLINE_EXCEEDED'), 90_000],
    ]);
    expect(channelOf(state, 'staging')).toMatchObject({
      status: 'FAILED',
      ending: {
        code: 'PROGRESS_DEADLINE_EXCEEDED',
        exitCode: 75,
        message: 'it was PROGRESS_DEADLINE_EXCEEDED; it was JOB_FAILED',
      },
    });
  });

  test('is the latest start of a run that is tried again, and of no other', () => {
    const failed: [ReleaseEvent, number][] = [
      [begun(1), 5000],
      [ended(1, 'JOB_FAILED', 75), 10_000],
    ];
    const startOf = (events: [ReleaseEvent, number][]) => latestStart(channelOf(after(policy, events), 'staging'));
    expect(startOf([])).toEqual({});
    expect(startOf(failed)).toEqual({ startBy: time(65_000) });
    const behind: ReleaseEvent = { type: 'queued', channel: 'staging', behind: 'my-app/x/1' };
    expect(startOf([...failed, [behind, 15_000]])).toEqual({ startWithinMs: 50_000 });
  });

  test('stands still while the channel waits for its turn or a slot', () => {
    const slots = { runtime: 'vm', max: 1, before: 0, holders: [] };
    const events: [ReleaseEvent, number][] = [
      [begun(1), 0],
      [ended(1, 'JOB_FAILED', 75), 1000],
      [{ type: 'asking', channel: 'staging' }, 11_000],
      [{ type: 'queued', channel: 'staging', slots }, 11_000],
      [{ type: 'asking', channel: 'staging' }, 500_000],
      [begun(2), 500_000],
      [ended(2, 'JOB_FAILED', 75), 501_000],
    ];
    expect(channelOf(after(policy, events), 'staging').phase).toBe('retrying');
  });
});

test('a deliberate retry begins with all attempts', () => {
  const failed = runs({ retry: { ...retry, attempts: 1 } }, [busy]).state;
  const command = { kind: 'retry', by: 'ann' } as const;
  const retried = reduce(failed, { type: 'retry', channels: ['staging'], command, source: 'request' }, time(5000));
  expect(channelOf(retried, 'staging')).toMatchObject({ attempt: 2, phase: 'gates' });
  expect(channelOf(retried, 'staging')).not.toHaveProperty('again');
  expect(channelOf(retried, 'staging')).not.toHaveProperty('progress');
});

test('a channel without a slot is BLOCKED, and says who holds them', () => {
  const since = time(0);
  const slots = { runtime: 'vm', max: 1, before: 2, holders: [{ release: 'a/s/1', channel: 'production', since }] };
  const [channel] = viewOf(after({}, [[{ type: 'queued', channel: 'staging', slots }, 0]])).channels;
  expect(channel?.status).toBe('BLOCKED');
  expect(channel?.explanations).toEqual([
    {
      code: 'CONCURRENCY_LIMIT_EXCEEDED',
      subject: 'vm',
      message: `runtime "vm" allows 1 at once; held by a/s/1 in "production" since ${since}; 2 wait before it`,
    },
  ]);
});
