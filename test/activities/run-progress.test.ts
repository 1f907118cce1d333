import { describe, expect, test } from '@jest/globals';
import { settle } from '../fakes/clock.js';
import { follow, following, left, ref, useRun, world } from './following.js';
import { minute } from './world.js';

useRun();

describe('while the cluster is away', () => {
  test('the attempt fails, and the next one goes on', async () => {
    world.cluster.start(world.pod(ref));
    world.gateway.fail('readJob', 'RUNTIME_UNREACHABLE');
    expect(await world.failure(follow())).toMatchObject({ type: 'RUNTIME_UNREACHABLE', nonRetryable: false });
    const running = await following();
    world.cluster.exit(world.pod(ref), 0);
    expect(await running.promise).toMatchObject({ exitCode: 0 });
  });

  test('for want of rights, its program is not ended: it is tried again, and says why', async () => {
    world.gateway.fail('listPods', 'RUNTIME_FORBIDDEN');
    expect(await world.failure(follow())).toMatchObject({ type: 'RUNTIME_FORBIDDEN', nonRetryable: false });
    expect(world.store.run(ref.key).progress).toMatchObject({ waiting: expect.stringMatching(/^RUNTIME_FORBIDDEN: /) });
    world.cluster.start(world.pod(ref));
    world.attempts.attempt = 2;
    const again = follow();
    await settle();
    expect(world.store.run(ref.key).progress?.waiting).toBeUndefined();
    await left(again);
  });
});

test('heartbeats come every five seconds, with what is known', async () => {
  const running = await following();
  world.cluster.print(world.pod(ref), '12345');
  await world.clock.advance(10_000);
  const since = expect.stringMatching(/^2026-01-01T00:00:0/) as unknown;
  expect(running.beats).toEqual([
    { uid: ref.uid, phase: 'running', logBytes: 5, pods: 1, since, hadPod: true },
    { uid: ref.uid, phase: 'running', logBytes: 5, pods: 1, since, hadPod: true },
  ]);
  await left(running);
  await world.clock.advance(20_000);
  expect(running.beats).toHaveLength(2);
});

test('progress is recorded when it changes, and only then', async () => {
  const running = follow();
  await world.clock.advance(minute);
  expect(world.store.calls.filter((call) => call === 'recordProgress')).toHaveLength(0);
  world.cluster.wait(world.pod(ref), 'ImagePullBackOff: no such image');
  await world.clock.advance(minute);
  expect(world.store.calls.filter((call) => call === 'recordProgress')).toHaveLength(1);
  world.cluster.start(world.pod(ref));
  await world.clock.advance(minute);
  expect(world.store.calls.filter((call) => call === 'recordProgress')).toHaveLength(2);
  await left(running);
});

test('of a pod that should have ended long ago is said that its node may be gone', async () => {
  const running = await following();
  world.cluster.onTerm = () => undefined;
  world.cluster.terminate(world.pod(ref));
  await world.clock.advance(80_000);
  expect(world.store.run(ref.key).progress?.waiting).toBeUndefined();
  await world.clock.advance(20_000);
  expect(world.store.run(ref.key).progress).toMatchObject({
    phase: 'running',
    waiting: expect.stringMatching(/^RUNTIME_UNREACHABLE: pod .* was to end by /),
  });
  await left(running);
});

test('progress that cannot be recorded is told in the log and tried again', async () => {
  world.store.fail('recordProgress', 'away');
  world.cluster.wait(world.pod(ref), 'ImagePullBackOff: no such image');
  const running = follow();
  await settle();
  expect(world.logged).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: 'the progress of a run was not recorded' }),
  );
  await world.clock.advance(10_000);
  expect(world.store.run(ref.key).progress).toMatchObject({ phase: 'waiting' });
  await left(running);
});
