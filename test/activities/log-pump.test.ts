import { CancelledFailure } from '@temporalio/common';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RunRef } from '../../src/release/steps.js';
import type { RunEnd } from '../../src/release/view.js';
import type { FakePod } from '../fakes/cluster.js';
import { settle } from '../fakes/clock.js';
import { partOf } from '../store/stored.js';
import { minute, World, type Running } from './world.js';

let world: World;
let ref: RunRef;
let pod: FakePod;
let running: Running<RunEnd>;
beforeEach(async () => {
  world = new World();
  ref = await world.begun();
  pod = world.pod(ref);
  world.cluster.start(pod);
});

async function follow(): Promise<void> {
  running = world.run('awaitRun', world.awaitInput(ref));
  // A log is followed once its program has run for a moment.
  await world.clock.advance(1000);
}
async function leave(): Promise<void> {
  running.cancel();
  await expect(running.promise).rejects.toBeInstanceOf(CancelledFailure);
}
async function end(): Promise<RunEnd> {
  world.cluster.exit(pod, 0);
  await world.clock.advance(minute);
  return running.promise;
}
const readings = (): number => world.calls('readLog').length;

describe('while the program runs', () => {
  test('what it prints is stored at once', async () => {
    await follow();
    for (const line of ['a\n', 'b\n']) {
      world.cluster.print(pod, line);
      await settle();
      expect(world.log(ref).endsWith(line)).toBe(true);
    }
    await leave();
  });

  test('a connection that breaks is opened again, from the stored length', async () => {
    world.gateway.fail('readLog', 'RUNTIME_UNREACHABLE', 'RUNTIME_UNREACHABLE');
    await follow();
    world.cluster.print(pod, 'a\n');
    await world.clock.advance(5000);
    expect(world.log(ref)).toBe('a\n');
    expect(await end()).toMatchObject({ tail: ['a'], warnings: [] });
  });

  test.each(['away', 'answerLost'] as const)('a store that is %s loses and repeats nothing', async (fault) => {
    await follow();
    world.cluster.print(pod, 'a\n');
    await settle();
    world.store.fail('appendLog', fault, fault);
    world.store.fail('logState', 'away');
    world.cluster.print(pod, 'b\n');
    await world.clock.advance(5000);
    world.cluster.print(pod, 'c\n');
    await world.clock.advance(5000);
    expect(world.log(ref)).toBe('a\nb\nc\n');
    await leave();
  });

  test('a connection that is silently dead is left, and the log read again', async () => {
    world.gateway.deafLogs = true;
    await follow();
    world.cluster.print(pod, 'unheard\n');
    await world.clock.advance(29_000);
    expect(world.log(ref)).toBe('');
    world.gateway.deafLogs = false;
    await world.clock.advance(1000);
    expect(world.log(ref)).toBe('unheard\n');
    await leave();
  });

  test('what another worker has stored meanwhile is not stored again', async () => {
    await follow();
    world.store.beforeAppend = () => {
      world.store.beforeAppend = () => Promise.resolve();
      world.store.run(ref.key).log.append(partOf(0, 'abcd', pod.uid));
      pod.log = Buffer.from('abcdef');
      return Promise.resolve();
    };
    world.cluster.print(pod, 'ab');
    await world.clock.advance(1000);
    expect(world.log(ref)).toBe('abcdef');
    await leave();
  });

  test('lines that come after the end of a log that was followed are read at once', async () => {
    world.cluster.slowController = true;
    await follow();
    world.gateway.afterLogEnd = () => {
      world.gateway.afterLogEnd = () => undefined;
      world.cluster.print(pod, 'late\n');
    };
    world.cluster.print(pod, 'early\n');
    Object.assign(pod.main ?? {}, { exitCode: 0 });
    world.cluster.touchPod(pod);
    await settle();
    expect(world.log(ref)).toBe('early\nlate\n');
    await leave();
  });

  test('a program that is silent for hours is read again less and less often', async () => {
    await follow();
    world.cluster.print(pod, 'once\n');
    await world.clock.advance(55 * minute);
    expect(readings()).toBeLessThan(12);
    await leave();
  });

  test('a program that ended beside one that goes on is not read again and again', async () => {
    world.cluster.slowController = true;
    await follow();
    world.cluster.print(pod, 'done\n');
    Object.assign(pod.main ?? {}, { exitCode: 0 });
    world.cluster.touchPod(pod);
    await world.clock.advance(55 * minute);
    expect(world.log(ref)).toBe('done\n');
    expect(readings()).toBeLessThan(20);
    await leave();
  });
});

describe('of a pod that the cluster replaces', () => {
  const marker = '[the pod was replaced: its program begins again]\n';

  test('is kept, and that of the next one follows it from its first line', async () => {
    await follow();
    world.cluster.print(pod, 'one\nhalf');
    await settle();
    await world.clock.advance(5000);
    const next = world.cluster.replace(pod, 'EvictionByEvictionAPI');
    await world.clock.advance(5000);
    world.cluster.start(next);
    world.cluster.print(next, 'one\ntwo\n');
    await world.clock.advance(1000);
    expect(world.log(ref)).toBe(`one\nhalf\n${marker}one\ntwo\n`);
    pod = next;
    expect(await end()).toMatchObject({
      exitCode: 0,
      tail: ['one', 'half', marker.trim(), 'one', 'two'],
      warnings: [],
    });
  });

  test('is read by another worker, with the rest of the one before', async () => {
    world.cluster.print(pod, 'one\n');
    await world.clock.advance(5000);
    const next = world.cluster.replace(pod, 'TerminationByKubelet');
    world.cluster.start(next);
    world.cluster.print(next, 'two\n');
    await follow();
    await world.clock.advance(1000);
    await leave();
    await follow();
    world.cluster.print(next, 'three\n');
    await settle();
    expect(world.log(ref)).toBe(`one\n${marker}two\nthree\n`);
    await leave();
  });

  test('is read by another worker that has not seen it run, when the next one starts', async () => {
    world.cluster.print(pod, 'one\n');
    const next = world.cluster.replace(pod, 'EvictionByEvictionAPI');
    world.attempts.attempt = 2;
    await follow();
    const job = await world.gateway.readJob(ref.namespace, ref.name);
    world.cluster.start(next);
    world.cluster.print(next, 'two\n');
    const { items } = await world.gateway.listPods(ref.namespace, ref.uid, 'main', { name: next.name });
    world.gateway.shown = () => job && { job, pods: items };
    await world.clock.advance(1000);
    expect(world.log(ref)).toBe(`one\n${marker}two\n`);
    await leave();
  });

  test('and that is gone once it had ended is none', async () => {
    await follow();
    world.cluster.print(pod, 'one\n');
    await settle();
    const next = world.cluster.replace(pod, 'EvictionByEvictionAPI');
    await settle();
    world.cluster.removePod(pod);
    await world.clock.advance(1000);
    world.cluster.start(next);
    world.cluster.print(next, 'two\n');
    await world.clock.advance(minute);
    pod = next;
    expect(await end()).toMatchObject({ tail: ['one', marker.trim(), 'two'], warnings: [] });
  });

  test('and that is gone before it was read to its end is a warning', async () => {
    world.gateway.deafLogs = true;
    await follow();
    world.cluster.print(pod, 'unread\n');
    const next = world.cluster.replace(pod, 'EvictionByEvictionAPI');
    world.cluster.removePod(pod);
    world.cluster.start(next);
    world.cluster.print(next, 'two\n');
    await world.clock.advance(minute);
    pod = next;
    expect(await end()).toMatchObject({
      tail: ['two'],
      warnings: [expect.stringMatching(/^a pod was replaced and gone before its log was read to its end/)],
    });
  });

  test('is read to its end when the run is ended before the next one starts', async () => {
    world.gateway.deafLogs = true;
    await follow();
    world.cluster.print(pod, 'one\nhalf');
    world.cluster.replace(pod, 'EvictionByEvictionAPI');
    await settle();
    const ending = world.run('endRun', world.endInput(ref));
    await world.clock.advance(minute);
    await ending.promise;
    expect(world.log(ref)).toBe('one\nhalf');
    expect(await world.failure(running)).toMatchObject({ type: 'JOB_LOST' });
  });
});

describe('at the end', () => {
  test('what was not heard is read before the end is answered', async () => {
    world.gateway.deafLogs = true;
    await follow();
    world.cluster.print(pod, 'unheard\n');
    expect(await end()).toMatchObject({ tail: ['unheard'], warnings: [] });
    expect(world.log(ref)).toBe('unheard\n');
  });

  test('a store that is away is waited for', async () => {
    await follow();
    world.store.fail('logState', ...Array.from({ length: 12 }, () => 'away' as const));
    world.cluster.print(pod, 'late\n');
    world.cluster.exit(pod, 0);
    await world.clock.advance(20_000);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(minute);
    expect(running.outcome).toMatchObject({ answer: { tail: ['late'], warnings: [] } });
  });

  test('a long log of which a reading brings half is read again', async () => {
    await follow();
    world.gateway.deafLogs = true;
    world.gateway.cutLogs = 1;
    const lines = Array.from({ length: 5000 }, (_, nth) => `line ${nth}\n`).join('');
    world.cluster.print(pod, lines);
    expect(await end()).toMatchObject({ warnings: [] });
    expect(world.log(ref)).toBe(lines);
  });

  test('a log that cannot be read is a warning', async () => {
    world.gateway.fail('readLog', ...Array.from({ length: 50 }, () => 'RUNTIME_UNREACHABLE' as const));
    await follow();
    world.cluster.exit(pod, 0);
    await world.clock.advance(2 * minute);
    expect(await running.promise).toMatchObject({
      exitCode: 0,
      tail: [],
      warnings: ['the log of the pod could not be read (RUNTIME_UNREACHABLE)'],
    });
  });

  test('a log that its node does not give while it starts is asked for again', async () => {
    await follow();
    world.gateway.fail('readLog', ...Array.from({ length: 10 }, () => 'RUNTIME_UNREACHABLE' as const));
    world.cluster.print(pod, 'kept\n');
    await world.clock.advance(1000);
    expect(await end()).toMatchObject({ tail: ['kept'], warnings: [] });
  });

  test('a log is waited for while the API server itself is away, however long', async () => {
    const away = Array.from({ length: 50 }, () => 'RUNTIME_UNREACHABLE' as const);
    await follow();
    world.gateway.fail('readLog', ...away);
    world.gateway.fail('ping', ...away);
    world.cluster.print(pod, 'unheard\n');
    world.cluster.exit(pod, 0);
    await world.clock.advance(3 * minute);
    expect(running.outcome).toBeUndefined();
    await world.clock.advance(3 * minute);
    expect(running.outcome).toMatchObject({ answer: { tail: ['unheard'], warnings: [] } });
  });

  test('a log that may not be read is a warning without delay', async () => {
    world.gateway.fail('readLog', ...Array.from({ length: 9 }, () => 'RUNTIME_FORBIDDEN' as const));
    await follow();
    world.cluster.exit(pod, 0);
    await settle();
    expect(running.outcome).toMatchObject({
      answer: { warnings: ['the log of the pod could not be read (RUNTIME_FORBIDDEN)'] },
    });
  });

  test('a bug of ours on the way is told in the log of the worker, and a warning', async () => {
    world.store.beforeAppend = () => Promise.reject(new RangeError('canary'));
    await follow();
    world.cluster.print(pod, 'a\n');
    world.cluster.exit(pod, 0);
    await settle();
    expect((await running.promise).warnings).toEqual(['the log of the pod could not be read (INTERNAL)']);
    const told = world.logged.find(({ message }) => message === 'a bug while a log was copied');
    expect(told?.meta).toMatchObject({ error: 'RangeError' });
  });

  test('a log that its node has rotated is a warning', async () => {
    await follow();
    world.cluster.print(pod, 'a long log\n');
    await settle();
    pod.log = Buffer.from('new\n');
    expect((await end()).warnings).toEqual(['the node has rotated the log of the pod: its last part may be missing']);
  });

  test('a pod that is gone is a warning, unless its log had been read to its end', async () => {
    await follow();
    world.cluster.print(pod, 'a\n');
    await settle();
    world.cluster.slowController = true;
    world.cluster.exit(pod, 0);
    await world.clock.advance(minute);
    world.cluster.conclude(world.cluster.job(ref.name));
    world.cluster.pods.clear();
    expect(await running.promise).toMatchObject({ tail: ['a'], warnings: [] });
  });

  test('what was read of a pod that is gone is stored when the store is back', async () => {
    await follow();
    world.store.fail('appendLog', ...Array.from({ length: 20 }, () => 'away' as const));
    world.cluster.print(pod, 'held\n');
    await settle();
    world.cluster.slowController = true;
    pod.deleting = true;
    world.cluster.exit(pod, 0);
    world.cluster.conclude(world.cluster.job(ref.name), pod);
    await world.clock.advance(5 * minute);
    expect(await running.promise).toMatchObject({ exitCode: 0, tail: ['held'] });
  });

  test('a pod that was gone before anybody looked is a warning', async () => {
    world.cluster.exit(pod, 0);
    world.cluster.pods.clear();
    await follow();
    const { warnings, exitCode } = await running.promise;
    expect(warnings).toEqual(['the pod is gone, and the end of its log may be missing']);
    expect(exitCode).toBeUndefined();
  });
});
