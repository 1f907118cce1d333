import { expect, test } from '@jest/globals';
import { follow, following, left, ref, useRun, world } from './following.js';
import { minute } from './world.js';

/** A program that may start twice has no pod for a while, when Kubernetes has lost one and not yet made the next. */
useRun();

const limits = { timeoutMs: 120 * minute, startTimeoutMs: 5 * minute };

test('a pod that is gone and has no successor yet does not count as one that never started', async () => {
  const running = await following(limits);
  await world.clock.advance(30 * minute);
  world.cluster.removePod(world.pod(ref));
  await world.clock.advance(4 * minute);
  expect(running.outcome).toBeUndefined();
  await world.clock.advance(2 * minute);
  expect(await world.failure(running)).toMatchObject({ type: 'JOB_NOT_STARTING' });
});

test('nor for another attempt, which knows by the heartbeat of the one before', async () => {
  const before = await following(limits);
  await world.clock.advance(30 * minute);
  world.attempts.heartbeatDetails = before.beats.at(-1);
  await left(before);
  world.cluster.removePod(world.pod(ref));
  const running = follow(limits);
  await world.clock.advance(4 * minute);
  expect(running.outcome).toBeUndefined();
  await left(running);
});

test('that a pod is gone is read once as it is now, and then believed of late lists', async () => {
  const running = await following(limits);
  world.cluster.removePod(world.pod(ref));
  await world.clock.advance(20_000);
  const before = world.calls('listPods').length;
  await world.clock.advance(minute);
  const asked = world.calls('listPods').slice(before);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((call) => !call.endsWith('from the cache'))).toEqual([]);
  await left(running);
});

test('a list that may be late and does not show the pod that was seen is read again as it is now', async () => {
  const running = await following(limits);
  const before = world.calls('listPods').length;
  world.gateway.lateLists = true;
  await world.clock.advance(10_000);
  expect(world.calls('listPods')).toHaveLength(before + 2);
  world.gateway.lateLists = false;
  await world.clock.advance(10_000);
  expect(world.calls('listPods')).toHaveLength(before + 3);
  world.cluster.exit(world.pod(ref), 0);
  await world.clock.advance(minute);
  await running.promise;
});
