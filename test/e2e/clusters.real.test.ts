import { writeFileSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ChannelView, ReleaseView } from '../../src/release/view.js';
import { startTcpProxy, type TcpProxy } from '../activities/tcp-proxy.js';
import { onPort, startCluster, type RealCluster } from '../real/cluster.js';
import { until } from '../real/until.js';
import { image, openInstallation, over, type Installation } from './installation.js';

/** Two API servers: `near` is that of the set-up, `far` one of its own, behind a proxy that can fall silent. */
let here: Installation;
let far: RealCluster;
let proxy: TcpProxy;
/** Of the link to `far`, and what its worker reads. */
let farConfig: string;
beforeAll(async () => {
  far = await startCluster();
  far.addImage(image, path.resolve('test/e2e/image'));
  proxy = await startTcpProxy({ host: '127.0.0.1', port: far.port });
  here = await openInstallation('two', { TOWPATH_WORKER_CLUSTERS: 'two-near' });
  farConfig = path.join(here.folder, 'far-kubeconfig');
  writeFileSync(farConfig, onPort(far.kubeconfig, proxy.port));
}, 180_000);
afterAll(async () => {
  await here?.close();
  proxy?.close();
  await far?.stop();
});

const documents = (): string => {
  const cluster = (name: string, kubeconfig: string): string => `
runtime:
  name: two-${name}
  kubernetes: {kubeconfig: ${kubeconfig}}
---
runtime:
  name: two-${name}-vm
  extension:
    proxyRuntime: {runtime: two-${name}}
    apply:
      taskConfig:
        program:
          image: ${image}
          entrypoint: [sh, -c]
          cmd: ["count ${path.join(here.folder, name)}"]
---`;
  const channel = (name: string): string =>
    `    - {name: ${name}, runtimes: [{runtime: two-${name}-vm, type: EXTENSION}]}`;
  const service = (name: string, application: string): string =>
    `---\nservice: {name: ${name}, application: ${application}, runtimeExtension: {}}`;
  return `${cluster('near', process.env['TEST_KUBECONFIG'] ?? '')}${cluster('far', farConfig)}
application:
  name: two
  releaseChannels:
${channel('near')}
${channel('far')}
---
application:
  name: two-only-near
  releaseChannels:
${channel('near')}
${service('both', 'two')}
${service('alone', 'two-only-near')}
`;
};

const start = async (service: string): Promise<string> =>
  (await here.json<{ id: string }>('releases', 'start', service, '--rerun')).id;
const of = (view: ReleaseView, name: string): ChannelView | undefined =>
  view.channels.find((each) => each.name === name);
const ran = (name: string): string[] => {
  const file = path.join(here.folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const runtime = async (name: string) =>
  (await here.json<{ name: string; workers?: number; trouble?: string }[]>('runtimes', 'list')).find(
    (each) => each.name === name,
  );
/** What keeps its channel on the far cluster from going on, while the near one is through. */
const delayed = (id: string, said: RegExp): Promise<ReleaseView> =>
  here.see(
    id,
    `far says ${said}`,
    (view) =>
      of(view, 'near')?.status === 'CONVERGED' &&
      of(view, 'far')?.status === 'CONVERGING' &&
      of(view, 'far')?.explanations.some(({ code, message }) => said.test(`${code} ${message}`)) === true,
  );

test('a cluster that no worker serves delays its own channels alone, says so, and goes on when a worker comes', async () => {
  const file = path.join(here.folder, 'two.pvn.yaml');
  writeFileSync(file, documents());
  const applied = await here.towpath('configs', 'apply', file, '--yes', '--no-wait');
  expect([applied.code, applied.stderr]).toEqual([0, '']);
  const id = await start('two/both');
  await delayed(id, /^RUNTIME_UNREACHABLE no worker serves "two-far"$/);
  expect((await here.towpath('releases', 'get', id)).stdout).toContain('no worker serves "two-far"');
  expect((await here.towpath('releases', 'list', 'two/both')).stdout).toContain('far CONVERGING (RUNTIME_UNREACHABLE)');
  expect(await runtime('two-far')).toMatchObject({ workers: 0 });
  expect(await runtime('two-near')).toMatchObject({ workers: 1 });

  const worker = here.startWorker({ TOWPATH_WORKER_CLUSTERS: 'two-far' });
  try {
    const view = await here.see(id, 'it is over', over);
    expect(view.status).toBe('CONVERGED');
    expect([ran('near'), ran('far')]).toEqual([[`run 1 of ${id}`], [`run 1 of ${id}`]]);
    expect(await runtime('two-far')).toMatchObject({ workers: 1 });
    expect(await runtime('two-near')).toMatchObject({ workers: 1 });
  } finally {
    await worker.stop();
  }
  expect(await runtime('two-far')).toMatchObject({ workers: 0 });
});

test('a cluster that does not answer delays its own channels alone, says so, and goes on by a new kubeconfig', async () => {
  const worker = here.startWorker({ TOWPATH_WORKER_CLUSTERS: 'two-far' });
  try {
    await until('far is served', async () => (await runtime('two-far'))?.workers === 1);
    proxy.silence(true);
    const id = await start('two/both');
    const other = await start('two-only-near/alone');
    await delayed(id, /^RUNTIME_UNREACHABLE .*no answer/);
    expect((await here.see(other, 'the other release is over', over)).status).toBe('CONVERGED');
    await until('runtimes list says so', async () => /no answer/.test((await runtime('two-far'))?.trouble ?? ''));
    expect((await here.towpath('runtimes', 'list')).stdout).toMatch(/two-far .*RUNTIME_UNREACHABLE: .*no answer/);

    writeFileSync(farConfig, readFileSync(far.kubeconfig));
    expect((await here.see(id, 'it is over', over)).status).toBe('CONVERGED');
    expect(ran('far').filter((line) => line.endsWith(id))).toHaveLength(1);
    await until('far is well', async () => (await runtime('two-far'))?.trouble === undefined);
  } finally {
    await worker.stop();
  }
});
