import { CancelledFailure } from '@temporalio/common';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EndRunAnswer, RunRef } from '../../src/release/steps.js';
import { settle } from '../fakes/clock.js';
import { withoutEnd } from './without-end.js';
import { minute, namespace, World, type Running } from './world.js';

let world: World;
let ref: RunRef;
beforeEach(async () => {
  world = new World();
  ref = await world.begun();
});

const end = (known: RunRef | undefined = ref): Running<EndRunAnswer> => world.run('endRun', world.endInput(known));
const isTombstone = (): boolean => world.cluster.job(ref.name).labels['towpath.dev/tombstone'] === 'true';
/** The program runs, and takes a second to end when it is told to. */
function start(): void {
  world.cluster.start(world.pod(ref));
  world.cluster.print(world.pod(ref), 'working\n');
  world.cluster.onTerm = (pod) => {
    world.cluster.print(pod, 'stopping\n');
    void world.clock.sleep(1000).then(() => {
      world.cluster.print(pod, 'stopped\n');
      world.cluster.exit(pod, 143);
    });
  };
}

describe('a running Job', () => {
  test('is deleted, its log stored through the grace period, and its name taken', async () => {
    start();
    const running = end();
    await settle();
    expect(running.outcome).toBeUndefined();
    expect(world.cluster.job(ref.name)).toMatchObject({ uid: ref.uid, deleting: true });
    await world.clock.advance(5000);
    expect(await running.promise).toEqual({
      run: 1,
      end: expect.objectContaining({
        exitCode: 143,
        tail: ['working', 'stopping', 'stopped'],
        logBytes: 25,
        warnings: [],
      }),
    });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
    expect(isTombstone()).toBe(true);
    expect(world.cluster.pods.size).toBe(0);
    expect(world.calls('deleteJob', 'deletePod')).toEqual([`deleteJob ${namespace}/${ref.name}`]);
  });

  test('whose last lines are still on their way to the store when it is gone is waited for', async () => {
    start();
    const running = end();
    world.store.beforeAppend = () => world.clock.sleep(1200);
    await world.clock.advance(10_000);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });

  test('whose last words are read while the store is away keeps them until it is back', async () => {
    start();
    world.store.beforeAppend = () => {
      if (world.cluster.job(ref.name).deleting) {
        world.store.beforeAppend = () => Promise.resolve();
        world.store.fail('appendLog', ...Array.from({ length: 40 }, () => 'away' as const));
      }
      return Promise.resolve();
    };
    const running = end();
    await world.clock.advance(10 * minute);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });

  test('has its key closed before anything else, and its log stored before it is deleted', async () => {
    start();
    world.store.calls.length = 0;
    world.gateway.calls.length = 0;
    const running = end();
    await world.clock.advance(5000);
    await running.promise;
    expect(world.store.calls[0]).toBe('closeRun');
    const from = (byte: number): string => `readLog ${namespace}/${ref.name}-pod from ${byte}`;
    const [drained, followed, deleted] = world.calls('readLog', 'deleteJob');
    expect([drained, followed, deleted]).toEqual([from(0), from(8), `deleteJob ${namespace}/${ref.name}`]);
  });

  test('is found by its name when nobody knows its uid', async () => {
    start();
    const running = world.run('endRun', world.endInput());
    await world.clock.advance(5000);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(isTombstone()).toBe(true);
  });

  test('that does not start is deleted without waiting', async () => {
    expect(withoutEnd(await end().promise)).toEqual({ run: 1 });
    expect(isTombstone()).toBe(true);
  });

  test('that starts between two looks has its log stored', async () => {
    world.gateway.fail('deleteJob', 'RUNTIME_UNREACHABLE');
    const running = end();
    await settle();
    start();
    await world.clock.advance(10_000);
    await running.promise;
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });

  test('whose deletion is not answered is followed all the same', async () => {
    start();
    world.gateway.fail('deleteJob', 'RUNTIME_UNREACHABLE', 'answerLost');
    const running = end();
    await world.clock.advance(20_000);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });

  test('that somebody else is deleting is waited for', async () => {
    start();
    world.cluster.deleteJob(world.cluster.job(ref.name));
    const running = end();
    await world.clock.advance(5000);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });
});

test('a Job that ended because somebody is deleting it has not ended by itself', async () => {
  start();
  const job = world.cluster.job(ref.name);
  world.cluster.deleteJob(job);
  job.end = { succeeded: false, reason: 'BackoffLimitExceeded' };
  world.cluster.touchJob(job);
  const running = end();
  await world.clock.advance(5000);
  expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
});

describe('a Job that has ended by itself', () => {
  test('counts as it ended, is not deleted, and its log is stored', async () => {
    start();
    world.cluster.exit(world.pod(ref), 0);
    expect(await end().promise).toMatchObject({
      run: 1,
      ended: { code: 'SUCCEEDED', end: { exitCode: 0, tail: ['working'] } },
    });
    expect(world.calls('deleteJob')).toEqual([]);
    expect(world.cluster.job(ref.name).uid).toBe(ref.uid);
  });

  test('with a failure, too', async () => {
    start();
    world.cluster.exit(world.pod(ref), 9);
    expect(await end().promise).toMatchObject({ ended: { code: 'JOB_FAILED', end: { exitCode: 9 } } });
  });

  test('counts also when its condition is on its way', async () => {
    start();
    world.cluster.slowController = true;
    world.cluster.exit(world.pod(ref), 0);
    const running = end();
    await world.clock.advance(3000);
    expect(running.outcome).toBeUndefined();
    world.cluster.conclude(world.cluster.job(ref.name));
    expect(await running.promise).toMatchObject({ ended: { code: 'SUCCEEDED' } });
    expect(world.calls('deleteJob')).toEqual([]);
  });

  test('counts when its pod has ended too', async () => {
    world.cluster.start(world.pod(ref));
    world.cluster.passDeadline(world.cluster.job(ref.name));
    const running = end();
    await world.clock.advance(20_000);
    expect(running.outcome).toBeUndefined();
    world.cluster.exit(world.pod(ref), 143);
    expect(await running.promise).toMatchObject({ ended: { code: 'JOB_TIMED_OUT' } });
    expect(world.calls('deleteJob')).toEqual([]);
  });

  test('and whose condition never comes is deleted', async () => {
    start();
    world.cluster.slowController = true;
    world.cluster.exit(world.pod(ref), 0);
    const running = end();
    await world.clock.advance(minute);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(isTombstone()).toBe(true);
  });

  test('and was recorded is answered from the store', async () => {
    Object.assign(world.store.run(ref.key), { outcome: { code: 'JOB_FAILED' }, endedAt: world.clock.iso() });
    world.gateway.calls.length = 0;
    expect(await end().promise).toEqual({ run: 1, ended: { code: 'JOB_FAILED' } });
    expect(world.gateway.calls).toEqual([]);
  });
});

describe('a Job that is not there', () => {
  test('is buried, so that a create that is under way is refused', async () => {
    world.cluster.removePod(world.pod(ref));
    world.cluster.orphan(world.cluster.job(ref.name));
    expect(withoutEnd(await end().promise)).toEqual({ run: 1 });
    expect(isTombstone()).toBe(true);
    expect(world.cluster.pods.size).toBe(0);
  });

  test('has its last pod ended', async () => {
    start();
    world.cluster.orphan(world.cluster.job(ref.name));
    const running = end();
    await world.clock.advance(5000);
    await running.promise;
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
    expect(world.cluster.pods.size).toBe(0);
  });

  test('and is created by an old worker before it is buried, is deleted then', async () => {
    const { manifest } = world.cluster.job(ref.name);
    world.cluster.removePod(world.pod(ref));
    world.cluster.orphan(world.cluster.job(ref.name));
    const { createJob } = world.gateway;
    world.gateway.createJob = (at, grave) => {
      world.gateway.createJob = createJob;
      world.cluster.createJob(at, manifest);
      return createJob(at, grave);
    };
    const running = world.run('endRun', world.endInput());
    await world.clock.advance(10_000);
    expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
    expect(world.calls('deleteJob')).toHaveLength(1);
    expect(isTombstone()).toBe(true);
    expect(world.cluster.pods.size).toBe(0);
  });

  test('whose namespace is gone needs no grave', async () => {
    world.cluster.jobs.clear();
    world.cluster.pods.clear();
    world.cluster.namespaces.clear();
    expect(withoutEnd(await end().promise)).toEqual({ run: 1 });
  });

  test.each(['SPEC_REFUSED', 'RUNTIME_FORBIDDEN'] as const)(
    'and may not be buried (%s) is looked for once more, later',
    async (refusal) => {
      world.cluster.removePod(world.pod(ref));
      world.cluster.orphan(world.cluster.job(ref.name));
      world.gateway.fail('createJob', refusal);
      const running = end();
      await world.clock.advance(29_000);
      expect(running.outcome).toBeUndefined();
      await world.clock.advance(2000);
      expect(withoutEnd(await running.promise)).toEqual({ run: 1 });
      expect(world.logged).toContainEqual(expect.objectContaining({ message: 'a tombstone was refused' }));
    },
  );
});

describe('a run', () => {
  test('that never had a number has nothing to end', async () => {
    const key = { ...world.key, attempt: 2 };
    world.gateway.calls.length = 0;
    expect(await world.run('endRun', { ...world.endInput(), key }).promise).toEqual({});
    expect(await world.store.takeTurn(world.beginInput({ key }))).toEqual({ outcome: 'closed' });
    expect(world.gateway.calls).toEqual([]);
  });

  test('that has ended once is ended again without any effect', async () => {
    start();
    const running = end();
    await world.clock.advance(5000);
    await running.promise;
    const { uid } = world.cluster.job(ref.name);
    world.gateway.calls.length = 0;
    expect(withoutEnd(await end().promise)).toEqual({ run: 1 });
    expect(world.cluster.job(ref.name).uid).toBe(uid);
    expect(world.calls('deleteJob', 'deletePod', 'createJob')).toEqual([]);
  });

  test.each([
    ['of another run', { 'towpath.dev/run': '2' }],
    ['of another installation', { 'towpath.dev/installation': 'other' }],
    ['of nobody', { 'app.kubernetes.io/managed-by': 'somebody' }],
  ])('does not touch a Job of its name that is %s', async (_, labels) => {
    start();
    Object.assign(world.cluster.job(ref.name).labels, labels);
    expect(withoutEnd(await world.run('endRun', world.endInput()).promise)).toEqual({ run: 1 });
    expect(world.cluster.job(ref.name)).toMatchObject({ uid: ref.uid, deleting: false });
    expect(world.calls('deleteJob', 'deletePod', 'setTtl')).toEqual([]);
  });

  test('does not touch a Job that has its labels and another uid', async () => {
    world.cluster.removePod(world.pod(ref));
    world.cluster.job(ref.name).uid = 'another-uid';
    expect(withoutEnd(await end().promise)).toEqual({ run: 1 });
    expect(world.cluster.job(ref.name)).toMatchObject({ uid: 'another-uid', deleting: false });
  });
});

describe('interrupted', () => {
  test.each([
    ['closeRun', () => world.store.fail('closeRun', 'answerLost')],
    ['reading', () => world.gateway.fail('readJob', 'RUNTIME_UNREACHABLE')],
    ['looking for pods', () => world.gateway.fail('listPods', 'RUNTIME_UNREACHABLE')],
    ['deleting', () => world.gateway.fail('deleteJob', 'RUNTIME_FORBIDDEN')],
    ['burying', () => world.gateway.fail('createJob', 'answerLost')],
  ])('at %s, it goes on when asked again', async (_, interrupt) => {
    start();
    interrupt();
    const first = end();
    await world.clock.advance(10_000);
    expect((await world.failure(first)).nonRetryable).toBe(false);
    const second = end();
    await world.clock.advance(10_000);
    expect(withoutEnd(await second.promise)).toEqual({ run: 1 });
    expect(isTombstone()).toBe(true);
    expect(world.cluster.pods.size).toBe(0);
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
  });

  test.each(['RUNTIME_FORBIDDEN', 'SPEC_REFUSED'] as const)(
    'by %s, which elsewhere is final, it is asked again: a Job may be left',
    async (code) => {
      world.gateway.fail('readJob', code);
      expect(await world.failure(end())).toMatchObject({ type: code, nonRetryable: false });
    },
  );

  test('by a shutdown it leaves, and the next attempt goes on', async () => {
    start();
    const first = end();
    await settle();
    first.cancel();
    await expect(first.promise).rejects.toBeInstanceOf(CancelledFailure);
    const second = end();
    await world.clock.advance(5000);
    expect(withoutEnd(await second.promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('working\nstopping\nstopped\n');
    expect(world.gateway.openWatches).toBe(0);
  });

  test('for want of rights it says so where the run is shown', async () => {
    start();
    world.gateway.fail('deleteJob', 'RUNTIME_FORBIDDEN');
    const running = end();
    await world.clock.advance(2000);
    expect(await world.failure(running)).toMatchObject({ type: 'RUNTIME_FORBIDDEN', nonRetryable: false });
    expect(world.store.run(ref.key).progress).toMatchObject({ waiting: expect.stringMatching(/^RUNTIME_FORBIDDEN: /) });
  });

  test('for want of rights that it has again, it says so no more while the program stops', async () => {
    start();
    world.cluster.onTerm = () => undefined;
    world.gateway.fail('deleteJob', 'RUNTIME_FORBIDDEN');
    const first = end();
    await world.clock.advance(2000);
    expect(await world.failure(first)).toMatchObject({ type: 'RUNTIME_FORBIDDEN' });
    world.attempts.attempt = 2;
    const second = end();
    await world.clock.advance(5000);
    expect(world.store.run(ref.key).progress?.waiting).toBeUndefined();
    world.cluster.exit(world.pod(ref), 143);
    await world.clock.advance(10_000);
    expect(await second.promise).toMatchObject({ run: 1 });
  });

  test('by a pod that does not end, as on a node that is gone, it says so after a minute', async () => {
    world.cluster.start(world.pod(ref));
    world.cluster.onTerm = () => undefined;
    const running = end();
    await world.clock.advance(85_000);
    expect(world.store.run(ref.key).progress?.waiting).toBeUndefined();
    await world.clock.advance(15_000);
    const told = { waiting: expect.stringMatching(/^RUNTIME_UNREACHABLE: pod .* was to end by .*out-of-service$/) };
    expect(world.store.run(ref.key).progress).toMatchObject(told);
    await world.clock.advance(minute);
    expect(world.store.calls.filter((call) => call === 'recordProgress')).toHaveLength(1);
    world.cluster.exit(world.pod(ref), 137);
    await world.clock.advance(10_000);
    expect(await running.promise).toMatchObject({ run: 1, end: { exitCode: 137 } });
  });

  test('by a long grace period it heartbeats', async () => {
    world.cluster.start(world.pod(ref));
    const running = end();
    await world.clock.advance(minute);
    expect(running.beats.length).toBeGreaterThanOrEqual(12);
    world.cluster.exit(world.pod(ref), 137);
    await world.clock.advance(5000);
    await running.promise;
  });
});
