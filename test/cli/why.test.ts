import { expect, test } from '@jest/globals';
import type { Status } from '../../src/release/status.js';
import type { ChannelView } from '../../src/release/view.js';
import { whyOf } from '../../src/cli/why.js';
import { channel, failed, releaseView, run, waiting } from './views.js';

const id = 'my-app/my-service/7';
const open = { kind: 'approval', state: 'open' } as const;
const gatesOf = (view: Parameters<typeof whyOf>[0], name: string) =>
  whyOf(view).channels.find((each) => each.name === name)?.gates;

test('an open approval says who can act, that it opens for nobody else, and what it would do', () => {
  expect(gatesOf(waiting, 'production')?.[1]).toEqual({
    kind: 'approval',
    name: 'approval',
    state: 'open',
    who: "anyone with the installation's token",
    byItself: 'never',
    ifApproved: 'the channel takes its turn and runs its Job',
    approve: `towpath releases approve ${id} production`,
  });
});

test('of several approvals each names its gate, and what is missing after it', () => {
  const gates = [
    { ...open, name: 'a' },
    { ...open, name: 'b' },
  ];
  const [first] =
    gatesOf(releaseView(1, [channel('production', { status: 'WAITING_MANUAL_APPROVAL', gates })]), 'production') ?? [];
  expect(first).toMatchObject({
    ifApproved: '"b" is still missing',
    approve: `towpath releases approve ${id} production --gate a`,
  });
});

test('an approval may be given before its channel is entered', () => {
  const gates: ChannelView['gates'] = [
    { kind: 'stable', name: 'staging', state: 'open' },
    { kind: 'approval', name: 'approval', state: 'closed' },
  ];
  const view = releaseView(1, [channel('staging'), channel('production', { status: 'WAITING_PRECONDITIONS', gates })]);
  expect(gatesOf(view, 'production')).toEqual([
    expect.objectContaining({ who: 'nobody has to', byItself: 'when "staging" has converged at v4' }),
    expect.objectContaining({ ifApproved: 'it is kept, and counts when "staging" is stable' }),
  ]);
});

test('a gate of a channel that has ended is nobody’s to decide', () => {
  for (const gate of gatesOf(failed, 'production') ?? []) expect(gate).not.toHaveProperty('who');
});

test('a failure says what can be done about it, once, and nothing else does', () => {
  const toDo = (view: Parameters<typeof whyOf>[0]): string[][] => whyOf(view).channels.map((each) => each.toDo);
  const lost = { code: 'JOB_LOST', subject: 'job', message: 'gone' } as const;
  const channels = [
    channel('staging', { status: 'FAILED', explanations: [lost, lost] }),
    channel('production', { status: 'SKIPPED' }),
  ];
  const view = releaseView(1, channels);
  expect(toDo({ ...view, retryUntil: '2026-01-08T00:00:00Z' })).toEqual([
    [expect.stringMatching(/^Find out who deletes Jobs there/)],
    [],
  ]);
  expect(toDo(view).flat()).toEqual([]);
  expect(toDo(waiting).flat()).toEqual([]);
});

const restart = 'a new one starts with towpath releases start my-app/my-service';
test.each<[Status, Partial<ChannelView>, string]>([
  ['CONVERGING', { runs: [run()] }, 'the end of the run decides: converged, or failed'],
  ['CONVERGING', {}, 'its Job is made as soon as a worker of its cluster takes it up'],
  [
    'QUEUED',
    { explanations: [{ code: 'QUEUED_BEHIND', subject: 'a/b/6', message: 'x' }] },
    'it goes on by itself when a/b/6 is done here',
  ],
  ['PENDING', {}, 'it takes its turn and runs its Job'],
  [
    'CONVERGING',
    { explanations: [{ code: 'CANCELLING', subject: id, message: 'x' }] },
    'it is CANCELLED when its Job is gone',
  ],
  [
    'CONVERGING',
    { runs: [run()], explanations: [{ code: 'RUNTIME_UNREACHABLE', subject: 'ops', message: 'x' }] },
    'it goes on by itself when a worker reaches "ops"; towpath runtimes list shows whether one does',
  ],
  [
    'CONVERGING',
    { explanations: [{ code: 'RUNTIME_FORBIDDEN', subject: 'ops', message: 'x' }] },
    'it goes on by itself when the worker has the rights that it lacks on "ops"',
  ],
  [
    'CONVERGING',
    { runs: [run()], explanations: [{ code: 'JOB_NOT_STARTING', subject: 'job', message: 'x' }] },
    'once its pod starts, the end of the run decides; if it does not in time, the run fails',
  ],
  [
    'CANCELLED',
    { explanations: [{ code: 'WORKFLOW_GONE', subject: 'c', message: 'x' }] },
    `nothing: this release cannot be retried; ${restart}`,
  ],
  ['FAILED', {}, `nothing; ${restart}`],
  ['SKIPPED', {}, `nothing; ${restart}`],
  ['REJECTED', {}, `nothing: a rejection is final for this release; ${restart}`],
  ['CANCELLED', {}, `nothing; ${restart}`],
  ['REPLACED', {}, 'nothing: the newer release goes on instead'],
  ['CONVERGED', {}, 'nothing: it is done'],
])('after %s %j comes: %s', (status, more, next) => {
  expect(whyOf(releaseView(1, [channel('c', { status, ...more })])).channels[0]?.next).toBe(next);
});

test('what may be retried says until when and how', () => {
  const retryUntil = '2026-03-08T12:00:00.000Z';
  expect(whyOf({ ...failed, retryUntil }).channels.map(({ next }) => next)).toEqual([
    `nothing by itself; until ${retryUntil}: towpath releases retry ${id} staging`,
    `nothing by itself; until ${retryUntil}: it waits again after towpath releases retry ${id}`,
  ]);
});
