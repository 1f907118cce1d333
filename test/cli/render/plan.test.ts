import { expect, test } from '@jest/globals';
import { createColors } from 'picocolors';
import { renderPlan } from '../../../src/cli/render/plan.js';
import type { ChannelChanges } from '../../../src/release/plan-changes.js';
import type { Json } from '../../../src/release/plan.js';
import { channelPlan, planAnswer, releasePlan } from '../../fakes/plans.js';

const rendered = (answer = planAnswer(), columns = Infinity): string[] =>
  renderPlan(answer, { colors: createColors(false), columns });

/** A plan of one channel whose main container has these fields. */
const withContainer = (fields: Record<string, Json>) => {
  const plan = releasePlan([channelPlan('staging')]);
  const containers = [{ name: 'main', image: 'a.example/tool:1', ...fields }];
  const job = {
    prefix: 'deploy',
    mainContainer: 'main',
    manifest: { spec: { template: { spec: { containers } } } },
  };
  return planAnswer({ plan: { ...plan, jobs: { 'digest-of-the-job': job } } });
};

test('each channel says what it waits for, who can act, and what its Job is', () => {
  expect(rendered().slice(2)).toEqual([
    '',
    'staging  vm on ops',
    '  starts     at once',
    '  apply      Job my-service-staging-apply-…',
    '  namespace  pvn-proxy-runtime-vm',
    '  image      registry.example/my-repository:my-tag',
    '  command    apply-changes --my-change-id=42',
    '  deadline   1 h 0 min',
    '',
    'production  vm on ops',
    '  starts     when "staging" has converged at v4 (can act: nobody has to)',
    `             when "approval" is approved (can act: anyone with the installation's token)`,
    '  apply      Job my-service-staging-apply-…',
    '  namespace  pvn-proxy-runtime-vm',
    '  image      registry.example/my-repository:my-tag',
    '  command    apply-changes --my-change-id=42',
    '  deadline   1 h 0 min',
  ]);
});

test('of a channel that is left out somebody else has to make it stable, and an approval says what it asks for', () => {
  const plan = releasePlan([
    channelPlan('production', [
      { kind: 'stable', channel: 'staging' },
      { kind: 'approval', name: 'lock-keeper', description: 'look at the water level' },
    ]),
  ]);
  expect(rendered(planAnswer({ plan })).slice(4, 7)).toEqual([
    '  starts     when "staging" has converged at v4 (can act: whoever releases v4 to "staging")',
    `             when "lock-keeper" is approved (can act: anyone with the installation's token)`,
    '               asks for: look at the water level',
  ]);
});

test('variables are named with their values, but for Secrets and for what every Job gets', () => {
  const env = [
    { name: 'PVN_SERVICE', value: 'my-service' },
    { name: 'ZONE', value: 'north sea' },
    { name: 'EMPTY', value: '' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'deploy', key: 'token' } } },
    { name: 'LIMIT', valueFrom: { configMapKeyRef: { name: 'settings', key: 'limit' } } },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ];
  const envFrom = [{ prefix: 'DB_', secretRef: { name: 'database' } }];
  expect(rendered(withContainer({ env, envFrom })).slice(-7, -1)).toEqual([
    '  env        DB_* from Secret database',
    '             ZONE="north sea"',
    '             EMPTY=""',
    '             TOKEN from Secret deploy/token',
    '             LIMIT from ConfigMap settings/limit',
    '             POD from fieldRef metadata.name',
  ]);
});

test('a command is the entrypoint and the arguments, each with visible ends; without both it is the image’s', () => {
  const line = (fields: Record<string, Json>) =>
    rendered(withContainer(fields)).find((each) => each.startsWith('  command'));
  expect(line({ command: ['sh', '-c'], args: ['echo $A\nexit 1'] })).toBe('  command    sh -c "echo $A\\nexit 1"');
  expect(line({})).toBe("  command    the image's own");
});

test('a namespace that must exist, an account and other containers are named', () => {
  const answer = withContainer({});
  const pod = {
    serviceAccountName: 'deployer',
    initContainers: [{ name: 'fetch', image: 'a.example/fetch:1' }],
    containers: [
      { name: 'proxy', image: 'a.example/proxy:2' },
      { name: 'main', image: 'a.example/tool:1' },
    ],
  };
  const job = { prefix: 'deploy', mainContainer: 'main', manifest: { spec: { template: { spec: pod } } } };
  const channel = { ...channelPlan('staging'), namespace: { name: 'deploys', managed: false } };
  const plan = { ...answer.plan, channels: [channel], jobs: { 'digest-of-the-job': job } };
  expect(rendered(planAnswer({ plan })).slice(5)).toEqual([
    '  apply      Job deploy-…',
    '  namespace  deploys (yours: it must exist)',
    '  image      a.example/tool:1',
    '             fetch: a.example/fetch:1',
    '             proxy: a.example/proxy:2',
    "  command    the image's own",
    '  account    deployer',
    '  deadline   1 h 0 min',
  ]);
});

const changed: ChannelChanges = {
  channel: 'staging',
  job: 'changed',
  gates: 'changed',
  facts: [
    { fact: 'approval "approval"', value: '' },
    { fact: 'args[1]', before: '--my-change-id=41', value: '--my-change-id=42' },
    { fact: 'env[ZONE].value', before: 'north' },
  ],
  values: [
    { name: 'changeId', change: 'changed', before: '41', value: '42' },
    { name: 'replicas', change: 'carried', value: '3' },
    { name: 'zone', change: 'gone', before: 'a' },
  ],
};
const fresh: ChannelChanges = { channel: 'production', job: 'new', gates: 'new', facts: [], values: [] };

test('what differs from the last release stands with its channel', () => {
  const lines = rendered(planAnswer({ changes: { since: 'my-app/my-service/7', channels: [changed, fresh] } }));
  expect(lines[1]).toBe('compared with my-app/my-service/7');
  expect(lines.slice(10, 16)).toEqual([
    '  differs    approval "approval": is new',
    '             args[1]: --my-change-id=41 → --my-change-id=42',
    '             env[ZONE].value: north is gone',
    '             value changeId: 41 → 42',
    '             value zone: a is gone',
    '  carried    replicas',
  ]);
  expect(lines.at(-1)).toBe('  new        my-app/my-service/7 did not take this channel');
});

test('a channel in which nothing differs says so', () => {
  const same: ChannelChanges = { channel: 'staging', job: 'same', gates: 'same', facts: [], values: [] };
  const plan = releasePlan([channelPlan('staging')]);
  const lines = rendered(planAnswer({ plan, changes: { since: 'my-app/my-service/7', channels: [same] } }));
  expect(lines.at(-1)).toBe('  same       as my-app/my-service/7');
});

test('on a terminal of 80 columns no line is longer, unless one word is', () => {
  const args = Array.from({ length: 12 }, (_, i) => `--argument-${i}=value-${i}`);
  const lines = rendered(withContainer({ args }), 80);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.filter((line) => line.includes('--argument')).length).toBeGreaterThan(3);
  expect(rendered(withContainer({ args: ['x'.repeat(100)] }), 80)).toContain(`  command    ${'x'.repeat(100)}`);
});

test('no text of a configuration reaches the terminal as a command', () => {
  const escape = '\u001b[31m\u009b31m';
  const env = [{ name: `A${escape}`, value: `${escape}red` }];
  const plan = withContainer({ args: [`${escape}x`], image: `${escape}image`, env });
  expect(rendered(plan).filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
});
