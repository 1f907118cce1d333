import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { JsonObject } from '../../src/release/plan.js';
import type { BeginRunInput, RunRef } from '../../src/release/steps.js';
import { printing } from '../kubernetes/program.js';
import { adminOfSetUp } from '../kubernetes/real-cluster.js';
import { RealWorld } from './real-world.js';

const world = new RealWorld();
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
let core: CoreV1Api;
beforeAll(async () => {
  const config = adminOfSetUp();
  core = config.makeApiClient(CoreV1Api);
  await world.begin();
});
afterAll(() => world.scene.end());

/** A namespace without room for one more of something. Nothing counts in the embedded cluster, so the status is ours. */
async function full(what: string): Promise<BeginRunInput['namespace']> {
  const namespace = world.scene.unique('full');
  await world.scene.cluster.createNamespace(namespace);
  const body = { metadata: { name: 'full' }, spec: { hard: { [what]: '0' } } };
  await core.createNamespacedResourceQuota({ namespace, body });
  const status = { hard: { [what]: '0' }, used: { [what]: '0' } };
  await core.patchNamespacedResourceQuotaStatus({ namespace, name: 'full', body: { status } }, merge);
  return { name: namespace, managed: false };
}

const startTimeoutMs = 15_000;
const volume = (source: JsonObject): { podSpec: JsonObject } => ({
  podSpec: { volumes: [{ name: 'data', ...source }] },
});
const variable = (valueFrom: JsonObject): { container: JsonObject } => ({
  container: { env: [{ name: 'KEY', valueFrom }] },
});

/** What keeps a pod from starting, and what Kubernetes says of it. */
const stuck: [what: string, more: { podSpec?: JsonObject; container?: JsonObject }, said: RegExp][] = [
  [
    'its image cannot be pulled',
    { container: { image: 'registry.test/none:1' } },
    /^ImagePullBackOff: Back-off pulling image "registry\.test\/none:1"/,
  ],
  ['its image has an impossible name', { container: { image: 'registry.test/None:1' } }, /^InvalidImageName: /],
  [
    'a Secret for a variable is missing',
    variable({ secretKeyRef: { name: 'none', key: 'k' } }),
    /^CreateContainerConfigError: .*secrets? "none" not found/,
  ],
  [
    'a ConfigMap for its variables is missing',
    { container: { envFrom: [{ configMapRef: { name: 'none' } }] } },
    /^CreateContainerConfigError: .*configmaps? "none" not found/,
  ],
  ['a Secret for a volume is missing', volume({ secret: { secretName: 'none' } }), /"data".*secrets? "none" not found/],
  [
    'a folder of the node for a volume is missing',
    volume({ hostPath: { path: '/none', type: 'Directory' } }),
    /\/none/,
  ],
  [
    'a claim of a volume is missing',
    volume({ persistentVolumeClaim: { claimName: 'none' } }),
    /^Unschedulable: .*persistentvolumeclaim "none" not found/,
  ],
  [
    'its service account is missing',
    { podSpec: { serviceAccountName: 'none' } },
    /^FailedCreate: .*serviceaccount "none" not found/,
  ],
  ['no node is as wanted', { podSpec: { nodeSelector: { no: 'node' } } }, /^Unschedulable: .*node selector|affinity/],
  [
    'no node has that much memory',
    { container: { resources: { requests: { memory: '100Ti' } } } },
    /^Unschedulable: .*Insufficient memory/,
  ],
];

interface Stuck {
  input: BeginRunInput;
  ref: RunRef;
  /** What people read of it before its end. */
  shown: string[];
  failure: ApplicationFailure;
}

/** Follows a run to its end. */
async function follow(input: BeginRunInput): Promise<Stuck> {
  const ref = await world.begun(input);
  const running = world.run('awaitRun', world.awaitInput(ref, { startTimeoutMs }));
  const shown: string[] = [];
  while (running.outcome === undefined) {
    const { waiting } = world.store.run(ref.key).progress ?? {};
    if (waiting !== undefined) shown.push(waiting);
    await world.scene.cluster.elapse(20);
  }
  return { input, ref, shown, failure: await world.failure(running) };
}

/** What a stuck run told, and what `endRun` leaves of it. */
async function ended({ input, ref, shown, failure }: Stuck): Promise<object> {
  await world.run('endRun', { ...world.endInput(input), ref }).promise;
  const [, sentence, reason] = /^(.*?): (.*)$/.exec(failure.message) ?? [];
  const { items: pods } = await world.scene.gateway.listPods(ref.namespace, ref.uid, 'main');
  const grave = await world.scene.gateway.readJob(ref.namespace, ref.name);
  const { type, nonRetryable } = failure;
  return { type, nonRetryable, sentence, reason, shown: shown.at(-1), pods, labels: grave?.labels };
}

/** Its reason was shown while it waited, and is said at its end; nothing is left of it then but its tombstone. */
const stuckFor = (said: RegExp): object => ({
  type: 'JOB_NOT_STARTING',
  nonRetryable: true,
  sentence: 'the Job did not start within 15s',
  reason: expect.stringMatching(said),
  shown: expect.stringMatching(said),
  pods: [],
  labels: { 'towpath.dev/tombstone': 'true' },
});

describe('a Job whose pod does not start says why while it waits, and ends after the start time-out', () => {
  const runs = new Map<string, Promise<Stuck>>();
  beforeAll(() => {
    for (const [what, more] of stuck) runs.set(what, follow(world.beginInput(printing('never\n'), more)));
  });
  test.each(stuck)('because %s', async (what, _, said) => {
    expect(await ended(await (runs.get(what) as Promise<Stuck>))).toMatchObject(stuckFor(said));
  });

  test('because a quota leaves no room for its pod', async () => {
    const namespace = await full('pods');
    const run = await follow(world.beginInput(printing('never\n'), { namespace }));
    expect(await ended(run)).toMatchObject(stuckFor(/^FailedCreate: .*exceeded quota: full/));
  });
});

test('a quota that leaves no room for a Job is said with every attempt, and the next goes on when there is', async () => {
  const namespace = await full('count/jobs.batch');
  const input = world.beginInput(printing('now\n'), { namespace });
  const failure = await world.failure(world.run('beginRun', input));
  expect(failure).toMatchObject({ type: 'RUNTIME_UNREACHABLE', nonRetryable: false });
  expect(failure.message).toMatch(/exceeded quota: full/);
  await core.deleteNamespacedResourceQuota({ namespace: namespace.name, name: 'full' });
  const ref = await world.scene.eventually(
    () => world.begun(input).catch(() => undefined),
    (begun) => begun !== undefined,
  );
  expect(await world.run('awaitRun', world.awaitInput(ref as RunRef)).promise).toMatchObject({ tail: ['now'] });
});

test('what is mended within the start time-out lets the pod start', async () => {
  const input = world.beginInput(printing('started\n'), { ...volume({ secret: { secretName: 'late' } }) });
  const ref = await world.begun(input);
  const running = world.run('awaitRun', world.awaitInput(ref));
  await world.scene.eventually(
    () => Promise.resolve(world.store.run(ref.key).progress?.waiting),
    (waiting) => waiting?.includes('late') === true,
  );
  await world.scene.cluster.putSecret(ref.namespace, 'late', { type: 'Opaque', data: {} });
  expect(await running.promise).toMatchObject({ exitCode: 0, tail: ['started'] });
});
