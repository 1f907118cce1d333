import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { printing } from '../kubernetes/program.js';
import { finishOf } from '../store/stored.js';
import { RealWorld } from './real-world.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());
const gate = (): string => world.scene.unique('gate');
const jobOf = ({ namespace, name }: { namespace: string; name: string }) =>
  world.scene.gateway.readJob(namespace, name);

describe('a run', () => {
  test('that succeeds has its log stored, and its Job kept for its time', async () => {
    const ref = await world.begun(world.beginInput(printing('one\ntwo\n')));
    const end = await world.run('awaitRun', world.awaitInput(ref)).promise;
    expect(end).toMatchObject({ exitCode: 0, tail: ['one', 'two'], logBytes: 8, warnings: [] });
    expect(end.condition).toMatch(/^Complete/);
    expect(Date.parse(end.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(end.startedAt ?? ''));
    expect(world.log(ref)).toBe('one\ntwo\n');
    await world.run('finishRun', finishOf(ref.key, { ref, outcome: { code: 'SUCCEEDED', end } })).promise;
    expect(await world.scene.cluster.ttlOf(ref.namespace, ref.name)).toBe(3600);
  });

  test('that fails tells exit code, condition and the last lines', async () => {
    const ref = await world.begun(world.beginInput(printing('about to fail\n', { exit: 7 })));
    expect(await world.failure(world.run('awaitRun', world.awaitInput(ref)))).toMatchObject({
      type: 'JOB_FAILED',
      nonRetryable: true,
      message: 'the program failed: exit code 7',
      details: [{ exitCode: 7, condition: 'Failed: BackoffLimitExceeded', tail: ['about to fail'] }],
    });
  });

  test('begun twice has one Job', async () => {
    const input = world.beginInput({ steps: [{ until: gate() }] });
    const ref = await world.begun(input);
    expect(await world.begun(input)).toEqual(ref);
    world.store.run(ref.key).uid = undefined as never;
    expect((await world.begun(input)).uid).toBe(ref.uid);
    expect((await world.scene.gateway.listPods(ref.namespace, ref.uid, 'main')).items.length).toBeLessThanOrEqual(1);
  });

  test('in a configured namespace that is missing fails before any Job', async () => {
    const input = world.beginInput(printing(''), { namespace: { name: world.scene.unique('mine'), managed: false } });
    expect(await world.failure(world.run('beginRun', input))).toMatchObject({
      type: 'NAMESPACE_MISSING',
      nonRetryable: true,
      message: expect.stringContaining(input.namespace.name) as unknown,
    });
  });

  test('in a configured namespace runs there, and leaves it as it is', async () => {
    const name = world.scene.unique('mine');
    await world.scene.cluster.createNamespace(name);
    const ref = await world.begun(world.beginInput(printing('here\n'), { namespace: { name, managed: false } }));
    expect(await world.run('awaitRun', world.awaitInput(ref)).promise).toMatchObject({ tail: ['here'] });
    expect(await world.scene.cluster.namespaceLabels(name)).not.toHaveProperty(['towpath.dev/installation']);
  });

  test('that takes too long is left with what it had logged, for endRun', async () => {
    const input = world.beginInput({ steps: [{ print: 'working\n' }, { until: gate() }] });
    const ref = await world.begun(input);
    const running = world.run('awaitRun', world.awaitInput(ref, { timeoutMs: 10_000 }));
    expect(await world.failure(running)).toMatchObject({
      type: 'JOB_TIMED_OUT',
      message: 'the Job did not finish within 10s',
      details: [{ tail: ['working'] }],
    });
    expect(await jobOf(ref)).toMatchObject({ uid: ref.uid, deleting: false });
  });
});

test('a worker that stops leaves the Job, and the next attempt goes on with the log where it was', async () => {
  const [first, second] = [gate(), gate()];
  const steps = [{ print: 'a\n' }, { until: first }, { print: 'b\n' }, { until: second }, { print: 'c\n' }];
  const ref = await world.begun(world.beginInput({ steps }));
  const before = world.run('awaitRun', world.awaitInput(ref));
  await world.logged(ref, 'a\n');
  before.cancel({ workerShutdown: true });
  await expect(before.promise).rejects.toBeInstanceOf(CancelledFailure);
  world.scene.cluster.open(first);
  const after = world.run('awaitRun', world.awaitInput(ref));
  await world.logged(ref, 'b\n');
  world.scene.cluster.open(second);
  expect(await after.promise).toMatchObject({ exitCode: 0, logBytes: 6, warnings: [] });
  expect(world.log(ref)).toBe('a\nb\nc\n');
  expect((await jobOf(ref))?.uid).toBe(ref.uid);
});

test('a Job that somebody deletes is lost, with all that it had logged', async () => {
  const heard = gate();
  const onTerm = [{ print: 'told to stop\n' }, { until: heard }, { exit: 0 }];
  const program = { steps: [{ print: 'up\n' }, { until: gate() }], onTerm };
  const ref = await world.begun(world.beginInput(program, { podSpec: { terminationGracePeriodSeconds: 60 } }));
  const running = world.run('awaitRun', world.awaitInput(ref));
  await world.logged(ref, 'up\n');
  await world.scene.gateway.deleteJob(ref.namespace, ref.name, ref.uid);
  await world.logged(ref, 'told to stop\n');
  world.scene.cluster.open(heard);
  expect(await world.failure(running)).toMatchObject({ type: 'JOB_LOST', details: [{ tail: ['up', 'told to stop'] }] });
});
