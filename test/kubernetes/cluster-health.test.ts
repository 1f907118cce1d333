import { expect, test } from '@jest/globals';
import { ClusterHealth } from '../../src/kubernetes/cluster-health.js';
import { FakeCluster } from '../fakes/cluster.js';
import { settle } from '../fakes/clock.js';
import { FakeGateway } from '../fakes/job-gateway.js';

const cluster = new FakeCluster();

test('a cluster is asked in the background, and says what it said last', async () => {
  const health = new ClusterHealth();
  const gateway = new FakeGateway(cluster);
  gateway.fail('ping', 'RUNTIME_UNREACHABLE');
  expect(health.of(gateway)).toEqual({ missing: [] });
  await settle();
  expect(health.of(gateway)).toEqual({ trouble: 'RUNTIME_UNREACHABLE: ping: a fault', missing: [] });
  await settle();
  expect(health.of(gateway)).toEqual({ missing: [] });
});

test('one that is silent is said so before its request times out, and not asked again meanwhile', async () => {
  let now = 0;
  const health = new ClusterHealth(() => now);
  const gateway = new FakeGateway(cluster);
  let answer = (): void => undefined;
  gateway.before = () => new Promise((resolve) => void (answer = resolve));
  health.of(gateway);
  now = 4_999;
  expect(health.of(gateway)).toEqual({ missing: [] });
  now = 5_000;
  expect(health.of(gateway)).toEqual({
    trouble: 'RUNTIME_UNREACHABLE: reach the cluster: no answer yet',
    missing: [],
  });
  expect(gateway.calls).toEqual(['ping ']);
  answer();
  await settle();
  expect(health.of(gateway)).toEqual({ missing: [] });
});

test('rights are asked for once a minute', async () => {
  let now = 0;
  const health = new ClusterHealth(() => now);
  const gateway = new FakeGateway(cluster);
  gateway.missingRights = () => {
    gateway.calls.push('missingRights');
    return Promise.resolve(['delete jobs.batch']);
  };
  for (now of [0, 5_000, 59_999]) {
    health.of(gateway);
    await settle();
  }
  expect(health.of(gateway)).toEqual({ missing: ['delete jobs.batch'] });
  expect(gateway.calls.filter((call) => call === 'missingRights')).toHaveLength(1);
  await settle();
  now = 60_000;
  health.of(gateway);
  await settle();
  expect(gateway.calls.filter((call) => call === 'missingRights')).toHaveLength(2);
});
