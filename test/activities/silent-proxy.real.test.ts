import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { createApi } from '../../src/kubernetes/api.js';
import { createGateway } from '../../src/kubernetes/gateway.js';
import type { RunRef } from '../../src/release/steps.js';
import type { RunEnd } from '../../src/release/view.js';
import { fromSetUp } from '../kubernetes/real-cluster.js';
import { RealWorld } from './real-world.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());
let proxy: TcpProxy;
beforeEach(async () => {
  const config = new KubeConfig();
  config.loadFromFile(fromSetUp('TEST_KUBECONFIG'));
  const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? '');
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  world.use(createGateway(createApi(() => through(proxy.port), 2000)));
});
afterEach(() => proxy?.close());

function through(port: number): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(fromSetUp('TEST_KUBECONFIG'));
  config.clusters = config.clusters.map((cluster) => ({ ...cluster, server: `https://127.0.0.1:${port}` }));
  return config;
}

/** As the release asks: again after a failure that may pass. Answers how many attempts it took. */
async function untilAnswered(ref: RunRef): Promise<{ end: RunEnd; attempts: number }> {
  for (let attempts = 1; attempts <= 20; attempts++) {
    const running = world.run('awaitRun', world.awaitInput(ref));
    await running.promise.catch(() => undefined);
    const { outcome } = running;
    if (outcome && 'answer' in outcome) return { end: outcome.answer, attempts };
    const failure = await world.failure(running);
    if (failure.nonRetryable) throw failure;
  }
  throw new Error('no attempt was answered');
}

test.each([
  ['the connections that are open are dead, new ones go through', false],
  ['nothing goes through until the proxy recovers', true],
])('a program ends while %s: its end is found, and its log is whole', async (_, all) => {
  const gate = world.scene.unique('gate');
  const steps = [{ print: 'before\n' }, { until: gate }, { print: 'unheard\n' }];
  const ref = await world.begun(world.beginInput({ steps }));
  const answered = untilAnswered(ref);
  await world.logged(ref, 'before\n');
  proxy.silence(all);
  world.scene.cluster.open(gate);
  await world.scene.eventually(
    () => world.scene.gateway.readJob(ref.namespace, ref.name),
    (job) => job?.end !== undefined,
  );
  expect(world.log(ref)).toBe('before\n');
  proxy.recover();
  const { end } = await answered;
  expect(end).toMatchObject({ exitCode: 0, tail: ['before', 'unheard'], warnings: [] });
  expect(world.log(ref)).toBe('before\nunheard\n');
});
