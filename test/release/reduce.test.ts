import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDecision } from '../../src/release/decisions.js';
import { reduce, type ReleaseEvent } from '../../src/release/reduce.js';
import { viewOf } from '../../src/release/release-view.js';
import { createState, decisionsKept, type ReleaseState } from '../../src/release/state.js';
import { isEnded } from '../../src/release/status.js';
import type { ReleaseView, RunEnd } from '../../src/release/view.js';
import { channelPlan, releasePlan } from '../fakes/plans.js';
import { runRef } from '../fakes/run-ref.js';

const at = '2026-01-01T00:00:00.000Z';
const fresh = (channels = releasePlan().channels): ReleaseState =>
  createState(releasePlan(channels), { number: 7, requestedBy: 'ann', startedAt: at });
const after = (events: ReleaseEvent[], state = fresh()): ReleaseView =>
  viewOf(events.reduce((before, event) => reduce(before, event, at), state));
const channel = (view: ReleaseView, name: string) => view.channels.find((each) => each.name === name);
const statuses = (view: ReleaseView): string[] => [view.status, ...view.channels.map((each) => each.status)];

const key = {
  application: 'my-app',
  service: 'my-service',
  release: 7,
  attempt: 1,
  command: 'apply',
  ordinal: 1,
} as const;
const end = (more: Partial<RunEnd> = {}): RunEnd => ({
  tail: [],
  logBytes: 0,
  truncated: false,
  warnings: [],
  ...more,
});
const started = (name: string): ReleaseEvent => ({
  type: 'runStarted',
  channel: name,
  ref: runRef({ ...key, channel: name }, 1),
});
const ended = (name: string, code: 'SUCCEEDED' | 'JOB_FAILED' | 'JOB_TIMED_OUT' = 'SUCCEEDED'): ReleaseEvent => ({
  type: 'runEnded',
  channel: name,
  run: 1,
  code,
  message: code,
  end: end({ exitCode: 3, condition: 'Failed: BackoffLimitExceeded', tail: ['no space left'] }),
});
const decided = (decision: 'approve' | 'reject', more: object = {}): ReleaseEvent => ({
  type: 'decided',
  source: 'request',
  decision: { channel: 'production', decision, by: 'bob', requestId: 'r1', ...more },
});
const staged: ReleaseEvent[] = [{ type: 'asking', channel: 'staging' }, started('staging'), ended('staging')];
const shipped: ReleaseEvent[] = [{ type: 'asking', channel: 'production' }, started('production'), ended('production')];

test.each<[string, ReleaseEvent[], string[]]>([
  ['nothing yet', [], ['WAITING_PRECONDITIONS', 'PENDING', 'WAITING_PRECONDITIONS']],
  ['staging asks for its turn', staged.slice(0, 1), ['CONVERGING', 'CONVERGING', 'WAITING_PRECONDITIONS']],
  ['staging runs', staged.slice(0, 2), ['CONVERGING', 'CONVERGING', 'WAITING_PRECONDITIONS']],
  ['staging converged', staged, ['WAITING_MANUAL_APPROVAL', 'CONVERGED', 'WAITING_MANUAL_APPROVAL']],
  ['approved', [...staged, decided('approve')], ['PENDING', 'CONVERGED', 'PENDING']],
  ['approved ahead of time', [decided('approve'), ...staged], ['PENDING', 'CONVERGED', 'PENDING']],
  [
    'production runs',
    [...staged, decided('approve'), ...shipped.slice(0, 2)],
    ['CONVERGING', 'CONVERGED', 'CONVERGING'],
  ],
  ['all done', [...staged, decided('approve'), ...shipped], ['CONVERGED', 'CONVERGED', 'CONVERGED']],
  ['rejected', [...staged, decided('reject', { reason: 'no' })], ['REJECTED', 'CONVERGED', 'REJECTED']],
  ['staging failed', [...staged.slice(0, 2), ended('staging', 'JOB_FAILED')], ['FAILED', 'FAILED', 'SKIPPED']],
  [
    'staging replaced',
    [{ type: 'replaced', channel: 'staging', by: 'my-app/my-service/8' }],
    ['REPLACED', 'REPLACED', 'REPLACED'],
  ],
  ['staging cancelled', [{ type: 'cancelled', channel: 'staging' }], ['CANCELLED', 'CANCELLED', 'SKIPPED']],
  [
    'queued',
    [{ type: 'queued', channel: 'staging', behind: 'my-app/my-service/6' }],
    ['QUEUED', 'QUEUED', 'WAITING_PRECONDITIONS'],
  ],
  [
    'stable at once',
    [{ type: 'convergedAtOnce', channel: 'staging', since: at }],
    ['WAITING_MANUAL_APPROVAL', 'CONVERGED', 'WAITING_MANUAL_APPROVAL'],
  ],
])('%s', (_, events, expected) => {
  expect(statuses(after(events))).toEqual(expected);
});

describe('a failed run', () => {
  const view = after([...staged.slice(0, 2), ended('staging', 'JOB_FAILED')]);

  test('says code, exit code, last log lines and the condition of Kubernetes', () => {
    expect(channel(view, 'staging')?.explanations).toEqual([
      {
        code: 'APPLY_FAILED',
        subject: 'run 1',
        message: 'JOB_FAILED',
        exitCode: 3,
        condition: 'Failed: BackoffLimitExceeded',
        tail: ['no space left'],
      },
    ]);
  });

  test('skips what depends on it, and says which channel it was', () => {
    expect(channel(view, 'production')?.explanations).toMatchObject([{ code: 'UPSTREAM_ENDED', subject: 'staging' }]);
  });

  test('ends the release', () => {
    expect(view.endedAt).toBe(at);
  });
});

describe('a decision', () => {
  test.each<[string, ReleaseEvent[], string]>([
    ['for an unknown channel', [decided('approve', { channel: 'prod' })], 'UNKNOWN_GATE'],
    ['for a channel without approvals', [decided('approve', { channel: 'staging' })], 'UNKNOWN_GATE'],
    ['for an unknown gate', [decided('approve', { gate: 'other' })], 'UNKNOWN_GATE'],
    ['that comes twice', [decided('approve'), decided('approve', { requestId: 'r2' })], 'ALREADY_DECIDED'],
    [
      'after a rejection',
      [decided('reject', { reason: 'no' }), decided('approve', { requestId: 'r2' })],
      'ALREADY_DECIDED',
    ],
    ['that rejects without a reason', [decided('reject')], 'BAD_REQUEST'],
    [
      'after a newer release took over',
      [{ type: 'replaced', channel: 'production', by: 'x' }, decided('approve')],
      'SUPERSEDED',
    ],
  ])('%s does not count and is recorded', (_, events, code) => {
    const last = after(events).decisions.at(-1);
    expect(last).toMatchObject({ counted: false });
    expect(last?.why).toContain(code);
  });

  test('needs a gate when there are several', () => {
    const two = channelPlan('production', [
      { kind: 'approval', name: 'a' },
      { kind: 'approval', name: 'b' },
    ]);
    expect(after([decided('approve')], fresh([two])).decisions.at(-1)?.why).toContain('"a", "b"');
    const both = after([decided('approve', { gate: 'a' }), decided('approve', { gate: 'b' })], fresh([two]));
    expect(channel(both, 'production')?.status).toBe('PENDING');
  });

  test('is kept with who, when and why', () => {
    expect(after([decided('approve', { reason: 'green' })]).decisions).toEqual([
      {
        requestId: 'r1',
        channel: 'production',
        gate: 'approval',
        decision: 'approve',
        by: 'bob',
        reason: 'green',
        at,
        counted: true,
        source: 'request',
      },
    ]);
  });

  test('of a flood keeps the newest', () => {
    const flood = Array.from({ length: decisionsKept + 50 }, (_, i) =>
      decided('approve', { channel: 'nope', requestId: `r${i}` }),
    );
    const kept = after(flood).decisions;
    expect(kept).toHaveLength(decisionsKept);
    expect(kept.at(-1)?.requestId).toBe(`r${decisionsKept + 49}`);
  });
});

describe('a report that a channel is stable', () => {
  const report = (version: string, name = 'staging'): ReleaseEvent => ({
    type: 'stableReported',
    report: { channel: name, version, by: 'nightly' },
  });

  test.each([['v4'], ['4']])('counts for version %s', (version) => {
    const view = after([report(version)]);
    expect(view.decisions.at(-1)).toMatchObject({ counted: true, by: 'nightly' });
    expect(channel(view, 'production')?.status).toBe('WAITING_MANUAL_APPROVAL');
  });

  test('stays when the channel fails later', () => {
    expect(
      channel(after([report('v4'), started('staging'), ended('staging', 'JOB_FAILED')]), 'production')?.status,
    ).toBe('WAITING_MANUAL_APPROVAL');
  });

  test.each([
    ['another version', report('v3')],
    ['a channel nobody waits for', report('v4', 'production')],
  ])('for %s changes nothing', (_, event) => {
    const view = after([event]);
    expect(view.decisions.at(-1)).toMatchObject({ counted: false });
    expect(channel(view, 'production')?.status).toBe('WAITING_PRECONDITIONS');
  });
});

test('every event makes a new sequence, and an ended channel never starts again by itself', () => {
  const channels = fc.constantFrom('staging', 'production');
  const events = fc.oneof(
    channels.map((name): ReleaseEvent => ({ type: 'replaced', channel: name, by: 'my-app/my-service/8' })),
    channels.map((name): ReleaseEvent => ({ type: 'cancelled', channel: name })),
    fc.constantFrom<'approve' | 'reject'>('approve', 'reject').map((decision) => decided(decision)),
    channels.map((name): ReleaseEvent => ({
      type: 'stableReported',
      report: { channel: name, version: 'v4', by: 'x' },
    })),
  );
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (list) => {
      let state = fresh();
      for (const event of list) {
        const before = viewOf(state);
        state = reduce(state, event, at);
        expect(state.sequence).toBe(before.sequence + 1);
        const now = viewOf(state);
        const over = before.channels.flatMap((was, i) => (isEnded(was.status) ? [now.channels[i]?.status] : []));
        expect(over.filter((status) => !isEnded(status ?? 'PENDING'))).toEqual([]);
      }
    }),
  );
});

describe('a name that every object has a property of', () => {
  const tricky = (): ReleaseState =>
    fresh([
      channelPlan('constructor'),
      channelPlan('production', [
        { kind: 'stable', channel: 'constructor' },
        { kind: 'approval', name: 'constructor' },
      ]),
    ]);

  test('is a channel that is not stable yet', () => {
    expect(statuses(after([], tricky()))).toEqual(['WAITING_PRECONDITIONS', 'PENDING', 'WAITING_PRECONDITIONS']);
  });

  test('is a gate that nobody has decided yet', () => {
    expect(channel(after([], tricky()), 'production')?.gates).toEqual([
      { kind: 'stable', name: 'constructor', state: 'open' },
      { kind: 'approval', name: 'constructor', state: 'closed' },
    ]);
    const { decisions } = after([decided('approve')], tricky());
    expect(decisions).toMatchObject([{ gate: 'constructor', counted: true }]);
  });
});

describe('a flood of messages', () => {
  const noise = (more: object): ReleaseEvent => {
    const payload = {
      channel: 'é'.repeat(90),
      decision: 'approve',
      by: '\0'.repeat(900),
      reason: 'é'.repeat(900),
      ...more,
    };
    const decision = readDecision(payload);
    if (typeof decision === 'string') throw new Error(decision);
    return { type: 'decided', source: 'signal', decision };
  };
  const flood = Array.from({ length: 3 * decisionsKept }, () => noise({ gate: 'é'.repeat(900) }));

  test('keeps the view small', () => {
    const view = after(flood);
    expect(view.decisions).toHaveLength(decisionsKept);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(512 * 1024);
  });

  test('does not push out what counted, nor what came of a request', () => {
    const request = decided('reject', { channel: 'staging', requestId: 'r2', by: 'eve' });
    const { decisions } = after([decided('approve'), request, ...flood]);
    expect(decisions.slice(0, 2)).toMatchObject([
      { requestId: 'r1', counted: true },
      { requestId: 'r2', counted: false },
    ]);
    expect(decisions).toHaveLength(decisionsKept);
  });
});
