import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { Scene } from './contract/scene.js';
import { printing } from './program.js';
import { adminOfSetUp, realCluster } from './real-cluster.js';

const scene = new Scene(realCluster);
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
let core: CoreV1Api;
beforeAll(async () => {
  const config = adminOfSetUp();
  core = config.makeApiClient(CoreV1Api);
  await scene.begin();
});
afterAll(() => scene.end());

/** As a node that has just been started again: it answers, and has not read yet which pods are its own. */
test('a log that the node of a pod says not to have is not taken for lost while the pod is there', async () => {
  const name = scene.unique('node');
  const { status } = await core.readNode({ name: 'local' });
  await core.createNode({ body: { metadata: { name } } });
  await core.patchNodeStatus({ name, body: { status } }, merge);
  try {
    const { job } = await scene.create({ program: printing('hello\n'), podSpec: { nodeName: name } });
    const { name: pod } = await scene.podOf(job, () => true);
    const state = { terminated: { exitCode: 0, startedAt: new Date(), finishedAt: new Date() } };
    const main = { name: 'main', image: 'none', imageID: '', ready: false, restartCount: 0, state };
    const body = { status: { phase: 'Succeeded', containerStatuses: [main] } };
    await core.patchNamespacedPodStatus({ namespace: job.namespace, name: pod, body }, merge);
    await expect(scene.readLog(job, pod)).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
    await scene.cluster.removePod(job.namespace, pod);
    const read = (): Promise<string> => scene.readLog(job, pod).then(({ read: how }) => how, String);
    await scene.eventually(read, (how) => how === 'none');
  } finally {
    await core.deleteNode({ name });
  }
});
