import { expect, test } from '@jest/globals';
import { planChanges } from '../../src/release/plan-changes.js';
import type { ReleasePlan } from '../../src/release/plan.js';
import { releasePlan } from '../fakes/plans.js';

const [staging, production] = releasePlan().channels as [ReleasePlan['channels'][0], ReleasePlan['channels'][0]];
const text = (value: string) => ({ kind: 'string', text: value });
const withValues = (values: Record<string, string>, more: Partial<ReleasePlan> = {}): ReleasePlan => ({
  ...releasePlan(),
  values: { staging: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)])) },
  ...more,
});

test('the first release is new in every channel', () => {
  expect(planChanges(undefined, releasePlan()).map(({ job, gates }) => [job, gates])).toEqual([
    ['new', 'new'],
    ['new', 'new'],
  ]);
});

test('the same plan is the same everywhere, in whatever order its keys were stored', () => {
  const gates = production.gates.map((gate) => Object.fromEntries(Object.entries(gate).toReversed()) as typeof gate);
  const stored = { ...releasePlan(), channels: [staging, { ...production, gates }] };
  expect(planChanges(stored, releasePlan()).map(({ job, gates: compared }) => [job, compared])).toEqual([
    ['same', 'same'],
    ['same', 'same'],
  ]);
});

test.each<[string, Partial<typeof production>, object]>([
  ['another Job', { apply: { ...production.apply, job: 'other' } }, { job: 'changed', gates: 'same' }],
  ['another cluster', { cluster: 'elsewhere' }, { job: 'changed', gates: 'same' }],
  ['another time limit', { apply: { ...production.apply, timeoutMs: 1 } }, { job: 'changed', gates: 'same' }],
  ['no gates', { gates: [] }, { job: 'same', gates: 'changed' }],
])('%s is a change of that channel alone', (_, more, changes) => {
  const after = { ...releasePlan(), channels: [staging, { ...production, ...more }] };
  expect(planChanges(releasePlan(), after)).toMatchObject([{ job: 'same', gates: 'same' }, changes]);
});

test('values are new, changed, carried over or gone, in the order of their names', () => {
  const before = withValues({ changed: '1', carried: '2', gone: '3' });
  const [channel] = planChanges(before, withValues({ new: '4', changed: '5', carried: '2' }));
  expect(channel?.values).toEqual([
    { name: 'carried', change: 'carried', value: '2' },
    { name: 'changed', change: 'changed', before: '1', value: '5' },
    { name: 'gone', change: 'gone', before: '3' },
    { name: 'new', change: 'new', value: '4' },
  ]);
});

test('a channel that the last release left out is new, and its values are still compared', () => {
  const before = withValues({ a: '1' }, { channels: [production] });
  expect(planChanges(before, withValues({ a: '1' }))[0]).toMatchObject({ job: 'new', values: [{ change: 'carried' }] });
});
