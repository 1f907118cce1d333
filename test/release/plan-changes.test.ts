import { expect, test } from '@jest/globals';
import { planChanges } from '../../src/release/plan-changes.js';
import type { JsonObject, ReleasePlan } from '../../src/release/plan.js';
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

const jobOf = (more: JsonObject, main: JsonObject = {}): ReleasePlan => {
  const containers = [
    { name: 'proxy', image: 'proxy:1' },
    { name: 'main', image: 'tool:1', ...main },
  ];
  const manifest = { spec: { ...more, template: { spec: { containers } } } };
  return {
    ...releasePlan([staging]),
    jobs: { [staging.apply.job]: { prefix: 'deploy', mainContainer: 'main', manifest } },
  };
};

test.each<[string, ReleasePlan, ReleasePlan, object[]]>([
  [
    'an argument',
    jobOf({}, { args: ['apply', '--id=1'] }),
    jobOf({}, { args: ['apply', '--id=2'] }),
    [{ fact: 'args[1]', before: '--id=1', value: '--id=2' }],
  ],
  [
    'a variable before others',
    jobOf({}, { env: [{ name: 'B', value: 'b' }] }),
    jobOf(
      {},
      {
        env: [
          { name: 'A', value: '' },
          { name: 'B', value: 'b' },
        ],
      },
    ),
    [
      { fact: 'env[A].name', value: 'A' },
      { fact: 'env[A].value', value: '' },
    ],
  ],
  ['a part of the Job', jobOf({ backoffLimit: 0 }), jobOf({}), [{ fact: 'spec.backoffLimit', before: '0' }]],
  [
    'another container',
    jobOf({}),
    {
      ...jobOf({}),
      jobs: JSON.parse(JSON.stringify(jobOf({}).jobs).replace('proxy:1', 'proxy:2')) as ReleasePlan['jobs'],
    },
    [{ fact: 'pod containers[proxy].image', before: 'proxy:1', value: 'proxy:2' }],
  ],
])('%s that differs is named, and nothing else', (_, before, after, facts) => {
  expect(planChanges(before, after)).toMatchObject([{ job: 'changed', gates: 'same', facts }]);
});

test('a gate that is new and one that is gone are named', () => {
  const gates = [{ kind: 'approval' as const, name: 'approval', description: 'look' }];
  const [, changes] = planChanges(releasePlan(), { ...releasePlan(), channels: [staging, { ...production, gates }] });
  expect(changes).toMatchObject({
    job: 'same',
    gates: 'changed',
    facts: [
      { fact: 'approval "approval"', before: '', value: 'look' },
      { fact: 'gate "staging" stable', before: '' },
    ],
  });
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
