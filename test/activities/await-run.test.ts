import { CancelledFailure } from '@temporalio/common';
import { describe, expect, test } from '@jest/globals';
import type { ObservedJob, ObservedPod } from '../../src/activities/ports.js';
import { settle } from '../fakes/clock.js';
import { follow, following, left, ref, useRun, world } from './following.js';
import { minute, namespace } from './world.js';

useRun();

describe('the end of a program', () => {
  test('that succeeded is answered with its log, its result and its times', async () => {
    const startedAt = world.clock.iso();
    const running = await following();
    const pod = world.pod(ref);
    world.cluster.print(pod, 'one\n');
    await world.clock.advance(2000);
    world.cluster.print(pod, 'two\n');
    world.cluster.exit(pod, 0, { message: '{"message":"deployed","more":1}' });
    expect(await running.promise).toEqual({
      exitCode: 0,
      reason: 'Completed',
      condition: 'Complete',
      startedAt,
      endedAt: world.clock.iso(),
      imageId: 'sha256:fake',
      tail: ['one', 'two'],
      logBytes: 8,
      truncated: false,
      warnings: [],
      result: { message: 'deployed', more: 1 },
    });
    expect(world.log(ref)).toBe('one\ntwo\n');
  });

  test('that failed is a failure with code, exit code and the last lines, and is not tried again', async () => {
    const running = await following();
    world.cluster.print(world.pod(ref), 'it broke\n');
    world.cluster.exit(world.pod(ref), 3);
    const failure = await world.failure(running);
    expect(failure).toMatchObject({
      type: 'JOB_FAILED',
      nonRetryable: true,
      message: 'the program failed: exit code 3',
      details: [{ exitCode: 3, condition: 'Failed: BackoffLimitExceeded', tail: ['it broke'] }],
    });
  });

  test('that was there before is found at once', async () => {
    world.cluster.start(world.pod(ref));
    world.cluster.print(world.pod(ref), 'quick\n');
    world.cluster.exit(world.pod(ref), 0);
    expect(await follow().promise).toMatchObject({ exitCode: 0, tail: ['quick'] });
  });

  test('is found by reading when the watches say nothing', async () => {
    world.gateway.silentWatches = true;
    const running = await following();
    world.cluster.exit(world.pod(ref), 0);
    await world.clock.advance(8_999);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(1);
    expect(running.outcome).toMatchObject({ answer: { exitCode: 0 } });
  });

  test('is waited for when the condition of the Job comes first', async () => {
    const running = await following();
    const pod = world.pod(ref);
    world.cluster.passDeadline(world.cluster.job(ref.name));
    await world.clock.advance(15_000);
    expect(running.outcome).toBeUndefined();
    world.cluster.print(pod, 'last words\n');
    world.cluster.exit(pod, 143);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_TIMED_OUT', details: [{ tail: ['last words'] }] });
  });

  test('of a pod on a lost node is not waited for for ever', async () => {
    const running = await following();
    world.cluster.passDeadline(world.cluster.job(ref.name));
    await world.clock.advance(2 * minute);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_TIMED_OUT' });
  });

  test('of a disrupted pod is no failure of the program', async () => {
    const running = await following();
    world.cluster.disrupt(world.pod(ref), 'EvictionByEvictionAPI: drain');
    expect(await world.failure(running)).toMatchObject({ type: 'DISRUPTED', nonRetryable: true });
  });

  test('is known when the pod was deleted, and is gone before its Job has ended', async () => {
    const running = await following();
    const [pod, job] = [world.pod(ref), world.cluster.job(ref.name)];
    world.cluster.slowController = true;
    pod.deleting = true;
    world.cluster.exit(pod, 0);
    world.cluster.conclude(job, pod);
    expect(await running.promise).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['the pod is gone by then', true],
    ['only a watch has shown it', false],
  ])('tells why its pod was disrupted, also when %s', async (_, isRead) => {
    const running = await following();
    const [pod, job] = [world.pod(ref), world.cluster.job(ref.name)];
    Object.assign(pod, { deleting: isRead, disruption: 'DeletionByPodGC: node no longer exists' });
    if (isRead) await world.clock.advance(10_000);
    world.cluster.removePod(pod);
    world.cluster.conclude(job, pod);
    await world.clock.advance(2000);
    expect(await world.failure(running)).toMatchObject({
      type: 'DISRUPTED',
      message: 'the pod was ended before the program had finished (DeletionByPodGC: node no longer exists)',
    });
  });
});

test('a run that is left while it waits to hear how its pod ended is left at once', async () => {
  const running = await following();
  const [pod, job] = [world.pod(ref), world.cluster.job(ref.name)];
  world.gateway.silentWatches = true;
  world.cluster.removePod(pod);
  world.cluster.conclude(job, pod);
  await world.clock.advance(10_000);
  running.cancel();
  await expect(running.promise).rejects.toBeInstanceOf(CancelledFailure);
});

describe('what a watch shows', () => {
  const observedJob = async (): Promise<ObservedJob> => {
    const job = await world.gateway.readJob(namespace, ref.name);
    if (!job) throw new Error('the Job is gone');
    return job;
  };
  const observedPods = async (): Promise<ObservedPod[]> =>
    (await world.gateway.listPods(namespace, ref.uid, 'main')).items;

  test('is believed, and asks nothing', async () => {
    const running = await following();
    const before = world.calls('readJob', 'listPods').length;
    const shown = { job: await observedJob(), pods: await observedPods() };
    world.gateway.shown = () => shown;
    const asked = world.calls('readJob', 'listPods').length;
    expect(asked).toBe(before + 2);
    world.cluster.touchPod(world.pod(ref));
    await settle();
    expect(world.calls('readJob', 'listPods')).toHaveLength(asked);
    await left(running);
  });

  test('is believed from the first moment, when all since the creation of the Job was watched', async () => {
    world.cluster.start(world.pod(ref));
    const shown = { job: await observedJob(), pods: await observedPods() };
    world.gateway.shown = () => shown;
    const asked = world.calls('readJob', 'listPods').length;
    const running = follow();
    await settle();
    expect(world.calls('readJob', 'listPods')).toHaveLength(asked);
    await world.clock.advance(10_000);
    expect(world.calls('readJob', 'listPods')).toHaveLength(asked + 2);
    await left(running);
  });

  test('and what may be a little late is enough for no deadline: pods are read as they are now', async () => {
    world.gateway.lateLists = true;
    world.cluster.start(world.pod(ref));
    const running = follow();
    await world.clock.advance(30 * minute);
    expect(running.outcome).toBeUndefined();
    await left(running);
  });

  test('is enough for no deadline before the Job was read, nor without the pod that was seen', async () => {
    world.cluster.start(world.pod(ref));
    await world.clock.advance(30 * minute);
    const job = await observedJob();
    world.gateway.shown = () => ({ job: { ...job, readAt: world.clock.iso() }, pods: [] });
    const running = follow({ startTimeoutMs: 5 * minute });
    await settle();
    expect(running.outcome).toBeUndefined();
    world.cluster.touchPod(world.pod(ref));
    await settle();
    expect(running.outcome).toBeUndefined();
    await left(running);
  });
});

test('the end of a program that no watch has shown in time is read before it counts as too late', async () => {
  const running = await following({ timeoutMs: 10 * minute + 5000 });
  const job = await world.gateway.readJob(namespace, ref.name);
  const { items: pods } = await world.gateway.listPods(namespace, ref.uid, 'main');
  await world.clock.advance(9 * minute + 59_000);
  world.gateway.silentWatches = true;
  world.gateway.shown = () => job && { job: { ...job, readAt: world.clock.iso() }, pods };
  world.cluster.exit(world.pod(ref), 0);
  await world.clock.advance(minute);
  expect(running.outcome).toMatchObject({ answer: { exitCode: 0 } });
});

test('a time-out of a program that never started says why it did not', async () => {
  const running = follow({ timeoutMs: minute, startTimeoutMs: 10 * minute });
  world.cluster.wait(world.pod(ref), 'ImagePullBackOff: no such image');
  await world.clock.advance(2 * minute);
  expect(await world.failure(running)).toMatchObject({
    type: 'JOB_TIMED_OUT',
    message: 'the Job did not finish within 1m: ImagePullBackOff: no such image',
  });
});

describe('a Job that is not there any more', () => {
  test('is lost, with what it had logged', async () => {
    const running = await following();
    world.cluster.print(world.pod(ref), 'so far\n');
    await settle();
    world.cluster.removePod(world.pod(ref));
    world.cluster.orphan(world.cluster.job(ref.name));
    const failure = await world.failure(running);
    expect(failure).toMatchObject({ type: 'JOB_LOST', nonRetryable: true, details: [{ tail: ['so far'] }] });
  });

  test('has its pod ended first, and what that still logs is stored', async () => {
    const running = await following();
    const pod = world.pod(ref);
    world.cluster.onTerm = () => world.cluster.print(pod, 'stopping\n');
    world.cluster.print(pod, 'up\n');
    world.cluster.orphan(world.cluster.job(ref.name));
    await settle();
    expect(pod.deleting).toBe(true);
    await world.clock.advance(minute);
    expect(running.outcome).toBeUndefined();
    world.cluster.print(pod, 'stopped\n');
    world.cluster.exit(pod, 0);
    await world.clock.advance(5000);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_LOST' });
    expect(world.log(ref)).toBe('up\nstopping\nstopped\n');
  });

  test('and was deleted by somebody, logs to its end', async () => {
    const running = await following();
    const pod = world.pod(ref);
    world.cluster.deleteJob(world.cluster.job(ref.name));
    await settle();
    world.cluster.print(pod, 'grace\n');
    await settle();
    world.cluster.exit(pod, 143);
    await world.clock.advance(5000);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_LOST', details: [{ tail: ['grace'] }] });
    expect(world.calls('deletePod', 'deleteJob')).toEqual([]);
  });

  test('and whose name another one has is replaced; the other is not touched', async () => {
    const running = await following();
    world.cluster.removePod(world.pod(ref));
    const { manifest } = world.cluster.job(ref.name);
    world.cluster.orphan(world.cluster.job(ref.name));
    const other = world.cluster.createJob(namespace, manifest);
    await world.clock.advance(5000);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_REPLACED', nonRetryable: true });
    expect(world.cluster.job(ref.name)).toBe(other);
    expect(world.calls('deleteJob', 'deletePod')).toEqual([]);
  });
});

describe('a program that does not start', () => {
  test('shows why in store and heartbeat without delay', async () => {
    const running = follow();
    await settle();
    world.cluster.wait(world.pod(ref), 'ImagePullBackOff: no such image');
    await settle();
    const waiting = 'ImagePullBackOff: no such image';
    expect(world.store.run(ref.key).progress).toMatchObject({ phase: 'waiting', waiting });
    await world.clock.advance(5000);
    expect(running.beats.at(-1)).toMatchObject({ phase: 'waiting', waiting, pods: 1 });
    await left(running);
  });

  test('shows the events of its Job when there is no pod', async () => {
    world.cluster.removePod(world.pod(ref));
    world.cluster.events.push({ uid: ref.uid, text: 'FailedCreate: exceeded quota' });
    const running = follow();
    await world.clock.advance(4999);
    expect(world.calls('warnings')).toEqual([]);
    await world.clock.advance(1);
    expect(world.store.run(ref.key).progress).toMatchObject({ waiting: 'FailedCreate: exceeded quota' });
    await left(running);
  });

  test('fails after its time, with the reason that Kubernetes gives', async () => {
    world.cluster.wait(world.pod(ref), 'ImagePullBackOff: no such image');
    const running = follow({ startTimeoutMs: 5 * minute });
    await world.clock.advance(5 * minute);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(2000);
    expect(await world.failure(running)).toMatchObject({
      type: 'JOB_NOT_STARTING',
      nonRetryable: true,
      message: 'the Job did not start within 5m: ImagePullBackOff: no such image',
    });
    expect(world.calls('deleteJob')).toEqual([]);
  });

  test('has its time again after an init container that lasted', async () => {
    const pod = world.pod(ref);
    Object.assign(pod, { begun: true });
    const running = follow({ startTimeoutMs: 5 * minute });
    await world.clock.advance(20 * minute);
    world.cluster.wait(pod, 'ErrImagePull: try again');
    await world.clock.advance(4 * minute);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(2 * minute);
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_NOT_STARTING' });
  });
});

describe('a program that takes too long', () => {
  test('fails with what it had logged; ending it is not this step', async () => {
    const running = await following({ timeoutMs: 10 * minute });
    world.cluster.print(world.pod(ref), 'still working\n');
    await world.clock.advance(10 * minute - 1000);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(2000);
    expect(await world.failure(running)).toMatchObject({
      type: 'JOB_TIMED_OUT',
      nonRetryable: true,
      message: 'the Job did not finish within 10m',
      details: [{ tail: ['still working'] }],
    });
    expect(world.calls('deleteJob')).toEqual([]);
  });
});

describe('leaving', () => {
  test.each(['cancelRequested', 'paused', 'reset', 'timedOut', 'workerShutdown'])(
    '%s leaves the Job alone and stores no more',
    async (why) => {
      const running = await following();
      running.cancel({ [why]: true });
      await expect(running.promise).rejects.toBeInstanceOf(CancelledFailure);
      expect(world.calls('deleteJob', 'deletePod', 'setTtl')).toEqual([]);
      world.cluster.print(world.pod(ref), 'unheard\n');
      await world.clock.advance(minute);
      expect(world.log(ref)).toBe('');
    },
  );

  test('is possible while the store is away and the last lines are to be stored', async () => {
    const running = await following();
    world.store.fail('logState', ...Array.from({ length: 50 }, () => 'away' as const));
    world.cluster.exit(world.pod(ref), 0);
    await world.clock.advance(2000);
    expect(running.outcome).toBeUndefined();
    await left(running);
  });

  test('is not noticed by the next attempt, which goes on at the stored length', async () => {
    const lines = Array.from({ length: 30 }, (_, nth) => `line ${nth}\n`);
    const pod = world.pod(ref);
    let running = await following();
    for (const [nth, line] of lines.entries()) {
      world.cluster.print(pod, line);
      if (nth % 3 === 0) await settle();
      if (nth % 7 !== 0) continue;
      await left(running);
      running = follow();
      await settle();
    }
    world.cluster.exit(pod, 0);
    expect(await running.promise).toMatchObject({ exitCode: 0, logBytes: lines.join('').length });
    expect(world.log(ref)).toBe(lines.join(''));
  });

  test('of one worker while another follows the same Job leaves one whole log', async () => {
    const first = await following();
    const second = follow();
    const pod = world.pod(ref);
    for (const line of ['a\n', 'b\n', 'c\n']) {
      world.cluster.print(pod, line);
      await world.clock.advance(1000);
    }
    await left(first);
    world.cluster.print(pod, 'd\n');
    world.cluster.exit(pod, 0);
    await world.clock.advance(1000);
    await second.promise;
    expect(world.log(ref)).toBe('a\nb\nc\nd\n');
  });
});
