import { describe, expect, test } from '@jest/globals';
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
  const asked = (): string[] =>
    world
      .calls('listPods')
      .slice(before)
      .map((call) => call.replace(/^\S+ \S+ ?/, ''));
  expect(asked()).toEqual(['by name from the cache', 'from the cache', '']);
  world.gateway.lateLists = false;
  await world.clock.advance(10_000);
  expect(asked().slice(3)).toEqual(['by name from the cache']);
  world.cluster.exit(world.pod(ref), 0);
  await world.clock.advance(minute);
  await running.promise;
});

describe('the pod that runs', () => {
  const all = (): number => world.calls('listPods').filter((call) => !call.includes('by name')).length;

  test('is asked for by its name, also at its end', async () => {
    const running = await following(limits);
    const before = all();
    await world.clock.advance(minute);
    world.gateway.silentWatches = true;
    const pod = world.pod(ref);
    world.cluster.exit(pod, 0);
    await world.clock.advance(minute);
    expect(running.outcome).toMatchObject({ answer: { exitCode: 0 } });
    expect(all()).toBe(before);
  });

  test('is found to be replaced, though it is still there', async () => {
    const running = await following(limits);
    world.gateway.silentWatches = true;
    const next = world.cluster.replace(world.pod(ref), 'DeletionByTaintManager');
    world.cluster.start(next);
    const before = all();
    await world.clock.advance(minute);
    expect(all()).toBeGreaterThan(before);
    world.cluster.exit(next, 7);
    await world.clock.advance(minute);
    const { type, message } = await world.failure(running);
    expect({ type, message }).toEqual({ type: 'JOB_FAILED', message: 'the program failed: exit code 7' });
  });
});
