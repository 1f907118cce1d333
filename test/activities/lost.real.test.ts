import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BatchV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { JsonObject } from '../../src/release/plan.js';
import type { RunRef } from '../../src/release/steps.js';
import { printing, type Program } from '../kubernetes/program.js';
import { adminOfSetUp } from '../kubernetes/real-cluster.js';
import type { Running } from './attempts.js';
import { RealWorld } from './real-world.js';

const world = new RealWorld();
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
let core: CoreV1Api;
let batch: BatchV1Api;
beforeAll(async () => {
  const config = adminOfSetUp();
  [core, batch] = [config.makeApiClient(CoreV1Api), config.makeApiClient(BatchV1Api)];
  await world.begin();
});
afterAll(() => world.scene.end());

describe('a pod that is lost before its program has ended', () => {
  /** A run whose program waits for ever, once it has printed. */
  async function up(onTerm?: Program['onTerm']): Promise<{ ref: RunRef; pod: string; running: Running<unknown> }> {
    const program = {
      steps: [{ print: 'up\n' }, { until: world.scene.unique('gate') }],
      ...(onTerm ? { onTerm } : {}),
    };
    const ref = await world.begun(world.beginInput(program));
    const running = world.run('awaitRun', world.awaitInput(ref));
    await world.logged(ref, 'up\n');
    return { ref, running, pod: (await world.scene.running(ref)).name };
  }

  const evict = (namespace: string, name: string): Promise<unknown> =>
    core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });

  test('by an eviction is DISRUPTED, with what it had logged', async () => {
    const { ref, pod, running } = await up();
    await evict(ref.namespace, pod);
    const failure = await world.failure(running);
    expect(failure).toMatchObject({ type: 'DISRUPTED', nonRetryable: true, details: [{ tail: ['up'] }] });
    expect(failure.message).toMatch(/EvictionByEvictionAPI/);
  });

  test('by an eviction that it hears, and ends well, has succeeded', async () => {
    const { ref, pod, running } = await up([{ print: 'saved\n' }, { exit: 0 }]);
    await evict(ref.namespace, pod);
    expect(await running.promise).toMatchObject({ exitCode: 0, tail: ['up', 'saved'] });
  });

  test('by an eviction goes on in another pod of the same run, when its program may start twice', async () => {
    const gate = world.scene.unique('gate');
    const input = world.beginInput({ steps: [{ print: 'up\n' }, { until: gate }] });
    const onPodConditions = [{ type: 'DisruptionTarget', status: 'True' }];
    const podFailurePolicy = { rules: [{ action: 'Ignore', onPodConditions }] };
    Object.assign(input.job.manifest['spec'] as JsonObject, { podFailurePolicy });
    const ref = await world.begun(input);
    const running = world.run('awaitRun', world.awaitInput(ref));
    await world.logged(ref, 'up\n');
    await evict(ref.namespace, (await world.scene.running(ref)).name);
    const replaced = '[the pod was replaced: its program begins again]';
    await world.logged(ref, `up\n${replaced}\nup\n`);
    world.scene.cluster.open(gate);
    expect(await running.promise).toMatchObject({ exitCode: 0, tail: ['up', replaced, 'up'], warnings: [] });
  });

  test('by force is DISRUPTED', async () => {
    const { ref, pod, running } = await up();
    await core.deleteNamespacedPod({ namespace: ref.namespace, name: pod, gracePeriodSeconds: 0 });
    const failure = await world.failure(running);
    expect(failure).toMatchObject({ type: 'DISRUPTED', details: [{ tail: ['up'] }] });
  });

  /** A node that only the API knows; the collector of the cluster removes its pods a minute after it is gone. */
  test('with its node is DISRUPTED', async () => {
    const node = world.scene.unique('node');
    await core.createNode({ body: { metadata: { name: node } } });
    const ref = await world.begun(world.beginInput(printing(''), { podSpec: { nodeName: node } }));
    const running = world.run('awaitRun', world.awaitInput(ref));
    const { name } = await world.scene.podOf(ref, () => true);
    const started = { running: { startedAt: new Date() } };
    const main = { name: 'main', image: 'none', imageID: '', ready: true, restartCount: 0, state: started };
    const body = { status: { phase: 'Running', containerStatuses: [main] } };
    await core.patchNamespacedPodStatus({ namespace: ref.namespace, name, body }, merge);
    await core.deleteNode({ name: node });
    const failure = await world.failure(running);
    expect(failure).toMatchObject({ type: 'DISRUPTED' });
    expect(failure.message).toMatch(/DeletionByPodGC/);
  });
});

describe('a Job of that name that is not ours', () => {
  const foreign = { program: { steps: [{ until: 'never' }] } };

  test('is left alone when it was there first: JOB_CONFLICT', async () => {
    const namespace = world.scene.unique('taken');
    await world.scene.cluster.createNamespace(namespace);
    const input = world.beginInput(printing(''), { namespace: { name: namespace, managed: false } });
    const { prefix } = input.job;
    const name = manifests.jobName(input.key, { prefix, run: 1, installation: 'installation-1' });
    const { job } = await world.scene.create({ ...foreign, name, in: namespace });
    const failure = await world.failure(world.run('beginRun', input));
    expect(failure).toMatchObject({ type: 'JOB_CONFLICT', nonRetryable: true });
    await world.run('endRun', world.endInput(input)).promise;
    expect(await world.scene.reread(job)).toMatchObject({ uid: job.uid, deleting: false });
    expect(await world.scene.running(job)).toMatchObject({ deleting: false });
  });

  test('is left alone when it took the place of ours, whose pod is ended: JOB_REPLACED', async () => {
    const input = world.beginInput({ steps: [{ print: 'up\n' }, { until: world.scene.unique('gate') }] });
    const ref = await world.begun(input);
    const { namespace, name } = ref;
    await world.scene.spoke(ref, 'up\n');
    await batch.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Orphan' });
    await world.scene.eventually(
      () => world.scene.gateway.readJob(namespace, name),
      (job) => job === undefined,
    );
    const { job } = await world.scene.create({ ...foreign, name, in: namespace });
    const failure = await world.failure(world.run('awaitRun', world.awaitInput(ref)));
    expect(failure).toMatchObject({ type: 'JOB_REPLACED', nonRetryable: true, details: [{ tail: ['up'] }] });
    await world.run('endRun', { ...world.endInput(input), ref }).promise;
    expect((await world.scene.gateway.listPods(namespace, ref.uid, 'main')).items).toEqual([]);
    expect(await world.scene.reread(job)).toMatchObject({ uid: job.uid, deleting: false });
  });
});

test("a Job past Kubernetes' own deadline is JOB_TIMED_OUT, with what it had logged", async () => {
  const input = world.beginInput({ steps: [{ print: 'working\n' }, { until: world.scene.unique('gate') }] });
  const ref = await world.begun(input);
  const running = world.run('awaitRun', world.awaitInput(ref));
  await world.logged(ref, 'working\n');
  const { namespace, name } = ref;
  await batch.patchNamespacedJob({ namespace, name, body: { spec: { activeDeadlineSeconds: 1 } } }, merge);
  expect(await world.failure(running)).toMatchObject({
    type: 'JOB_TIMED_OUT',
    details: [{ tail: ['working'], condition: 'Failed: DeadlineExceeded' }],
  });
});
