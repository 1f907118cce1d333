import { describe, expect, test } from '@jest/globals';
import { checkCommand, type CommandEvent } from '../../src/release/commands.js';
import { carry, resume } from '../../src/release/carry.js';
import { reduce, type ReleaseEvent } from '../../src/release/reduce.js';
import { viewOf } from '../../src/release/release-view.js';
import { createState, type ReleaseState } from '../../src/release/state.js';
import type { RunRef } from '../../src/release/steps.js';
import { channelPlan, releasePlan } from '../fakes/plans.js';

const at = '2026-11-25T12:00:00.000Z';
const fresh = (): ReleaseState => createState(releasePlan(), { number: 7, requestedBy: 'ann', startedAt: at });
const after = (events: ReleaseEvent[], from = fresh()): ReleaseState =>
  events.reduce((state, event) => reduce(state, event, at), from);
const statuses = (state: ReleaseState): string[] => viewOf(state).channels.map(({ status }) => status);

const cancel: CommandEvent = {
  type: 'cancel',
  command: { kind: 'cancel', by: 'bob', reason: 'wrong' },
  source: 'request',
};
const retry = (...channels: string[]): CommandEvent => ({
  type: 'retry',
  channels,
  command: { kind: 'retry', by: 'bob' },
  source: 'request',
});
const asking: ReleaseEvent = { type: 'asking', channel: 'staging' };
const failed: ReleaseEvent = {
  type: 'runEnded',
  channel: 'staging',
  code: 'JOB_FAILED',
  message: 'exit code 7',
  run: 1,
};
const converged: ReleaseEvent = { type: 'runEnded', channel: 'staging', code: 'SUCCEEDED', message: '', run: 1 };

describe('cancel', () => {
  test('ends at once what has begun nothing, and says who cancelled and why', () => {
    const view = viewOf(after([cancel]));
    expect(view.channels.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(view.channels[1]?.explanations).toMatchObject([
      { code: 'CANCELLED_BY_USER', message: 'the release was cancelled by bob: wrong' },
    ]);
    expect(view.decisions).toMatchObject([{ decision: 'cancel', by: 'bob', counted: true }]);
    expect(view.endedAt).toBe(at);
  });

  test('of a running Job keeps the status, with the reason CANCELLING, until the Job is gone', () => {
    const state = after([asking, cancel]);
    expect(statuses(state)).toEqual(['CONVERGING', 'CANCELLED']);
    expect(viewOf(state).channels[0]?.explanations).toMatchObject([{ code: 'CANCELLING' }]);
    expect(statuses(after([{ type: 'cancelled', channel: 'staging' }], state))).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('does not undo a run that had succeeded, and takes its word that one had failed: neither can be retried', () => {
    expect(statuses(after([asking, cancel, converged]))).toEqual(['CONVERGED', 'CANCELLED']);
    const state = after([asking, cancel, failed]);
    expect(statuses(state)).toEqual(['FAILED', 'CANCELLED']);
    expect(viewOf(state).retryUntil).toBeUndefined();
  });

  test.each<[string, ReleaseEvent[], string]>([
    ['is not asked for twice', [asking, cancel], 'CANCELLING'],
    ['comes too late when all has ended', [cancel], 'ALREADY_DECIDED'],
  ])('%s', (_, events, code) => {
    expect(checkCommand(after(events), { kind: 'cancel' })).toMatchObject({ refusal: { code } });
  });

  test('of a release that only waits for a retry closes it', () => {
    const state = after([asking, failed]);
    expect(checkCommand(state, { kind: 'cancel' })).toEqual({ channels: [] });
    const closed = after([cancel], state);
    expect(statuses(closed)).toEqual(['FAILED', 'SKIPPED']);
    expect(viewOf(closed).retryUntil).toBeUndefined();
    expect(checkCommand(closed, { kind: 'retry' })).toMatchObject({ refusal: { code: 'ALREADY_DECIDED' } });
  });

  test('leaves nothing to be decided', () => {
    const channels = [channelPlan('staging'), channelPlan('production', [{ kind: 'approval', name: 'approval' }])];
    const start = createState(releasePlan(channels), { number: 7, requestedBy: 'ann', startedAt: at });
    const decided: ReleaseEvent = {
      type: 'decided',
      decision: { channel: 'production', decision: 'approve', by: 'eve' },
      source: 'request',
    };
    expect(viewOf(after([cancel, decided], start)).decisions.at(-1)).toMatchObject({ counted: false });
  });
});

test('a run that was ended for a cancel does not run any more, and a channel that converged all the same is not cancelling', () => {
  const ref = { key: {}, run: 1, cluster: 'ops', namespace: 'n', name: 'j', uid: 'u' } as unknown as RunRef;
  const begun: ReleaseEvent[] = [asking, { type: 'runStarted', channel: 'staging', ref }, cancel];
  const tail = Array.from({ length: 30 }, (_, nth) => `line ${nth}`);
  const end = { exitCode: 143, tail, logBytes: 240, truncated: false, warnings: ['said'], result: { message: 'half' } };
  const view = viewOf(after([...begun, { type: 'cancelled', channel: 'staging', end }]));
  expect(view.channels[0]?.runs).toEqual([
    expect.objectContaining({
      state: 'failed',
      code: 'CANCELLED_BY_USER',
      endedAt: at,
      end: { ...end, tail: tail.slice(-20) },
    }),
  ]);
  const unseen = viewOf(after([...begun, { type: 'cancelled', channel: 'staging' }]));
  expect(unseen.channels[0]?.runs).toMatchObject([{ state: 'failed', code: 'CANCELLED_BY_USER', endedAt: at }]);
  expect(viewOf(after([...begun, converged])).channels[0]?.explanations).toEqual([]);
});

test('a cancel is for the whole release', () => {
  const refused = { refusal: { code: 'BAD_REQUEST' } };
  expect(checkCommand(fresh(), { kind: 'cancel', channel: 'staging' })).toMatchObject(refused);
});

describe('retry', () => {
  test('opens a FAILED channel again with its next attempt, and what was skipped for it', () => {
    const before = after([asking, failed]);
    expect(statuses(before)).toEqual(['FAILED', 'SKIPPED']);
    expect(viewOf(before)).toMatchObject({ endedAt: at, retryUntil: '2026-12-02T12:00:00.000Z' });
    const state = after([retry('staging')], before);
    expect(statuses(state)).toEqual(['PENDING', 'WAITING_PRECONDITIONS']);
    expect(state.channels.map(({ attempt }) => attempt)).toEqual([2, 1]);
    const view = viewOf(state);
    expect([view.endedAt, view.retryUntil, view.channels[0]?.runs.length]).toEqual([undefined, undefined, 0]);
    expect(statuses(after([asking, converged], state))).toEqual(['CONVERGED', 'WAITING_MANUAL_APPROVAL']);
  });

  test.each<[string, ReleaseEvent[], string | undefined, string]>([
    ['of a release without a FAILED channel', [], undefined, 'BAD_REQUEST'],
    ['of a channel that converged', [asking, converged], 'staging', 'BAD_REQUEST'],
    ['of a channel that there is not', [asking, failed], 'canary', 'UNKNOWN_GATE'],
    ['of a channel that is being cancelled', [asking, cancel], 'staging', 'ALREADY_DECIDED'],
  ])('%s is refused', (_, events, channel, code) => {
    const command = { kind: 'retry' as const, ...(channel === undefined ? {} : { channel }) };
    expect(checkCommand(after(events), command)).toMatchObject({ refusal: { code } });
  });

  test('keeps a skipped channel skipped while another one that it waits for is FAILED', () => {
    const gates = ['a', 'b'].map((channel) => ({ kind: 'stable' as const, channel }));
    const plan = releasePlan([channelPlan('a'), channelPlan('b'), channelPlan('c', gates)]);
    const start = createState(plan, { number: 7, requestedBy: 'ann', startedAt: at });
    const both = (['a', 'b'] as const).map((channel): ReleaseEvent => ({ ...failed, channel }));
    expect(statuses(after([...both, retry('a')], start))).toEqual(['PENDING', 'FAILED', 'SKIPPED']);
    expect(statuses(after([...both, retry('a', 'b')], start))).toEqual(['PENDING', 'PENDING', 'WAITING_PRECONDITIONS']);
  });
});

test('what is carried over is the state, and the plan travels once', () => {
  const state = after([asking, failed, retry('staging')]);
  expect(resume(state.plan, JSON.parse(JSON.stringify(carry(state))))).toEqual(state);
  expect(JSON.stringify(carry(state))).not.toContain('"gates":[');
});
