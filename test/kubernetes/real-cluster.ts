import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BatchV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { addImage } from '../../src/embedded/images.js';
import type { JsonObject } from '../../src/release/plan.js';
import { openCluster } from '../../src/kubernetes/clusters.js';
import type { TestCluster } from './contract/scene.js';
import { manifestOf, shellOf } from './program.js';

const image = 'towpath.test/shell:1';
/** Where pods see the gates. A node without mount namespaces has a pod's volumes under POD_ROOT. */
const gates = '${POD_ROOT:-}/gates';
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** A variable of the global set-up. */
export function fromSetUp(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run \`npm run test:real\``);
  return value;
}

/** The embedded cluster of the set-up, as its administrator sees it. */
export function adminOfSetUp(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(fromSetUp('TEST_KUBECONFIG'));
  return config;
}

/** The embedded cluster of the set-up. Its pods run as processes of this machine, so that a gate is a file. */
export function realCluster(): Promise<TestCluster> {
  const kubeconfig = fromSetUp('TEST_KUBECONFIG');
  const folder = mkdtempSync(path.join(tmpdir(), 'towpath-gates-'));
  mkdirSync(path.join(folder, 'bin'));
  addImage(fromSetUp('TEST_IMAGES'), image, folder);
  const config = adminOfSetUp();
  const core = config.makeApiClient(CoreV1Api);
  const batch = config.makeApiClient(BatchV1Api);
  return Promise.resolve({
    gateway: openCluster({ kubeconfig }),
    manifest: (job) => {
      const command = ['sh', '-c', shellOf(job.program, gates)];
      const { volumes: more = [] } = job.podSpec ?? {};
      const volumes = [{ name: 'gates', hostPath: { path: folder } }, ...(more as JsonObject[])];
      const main = { image, command, volumeMounts: [{ name: 'gates', mountPath: '/gates' }] };
      return manifestOf({ ...job, podSpec: { ...job.podSpec, volumes } }, main);
    },
    open: (gate) => writeFileSync(path.join(folder, gate), ''),
    async createNamespace(name, labels = {}) {
      await core.createNamespace({ body: { metadata: { name, labels } } });
    },
    async namespaceLabels(name) {
      const { items } = await core.listNamespace({ fieldSelector: `metadata.name=${name}` });
      return items[0] && (items[0].metadata?.labels ?? {});
    },
    async beginDeletion(namespace) {
      const metadata = { name: 'holds', finalizers: ['towpath.test/holds'] };
      await core.createNamespacedConfigMap({ namespace, body: { metadata } });
      await core.deleteNamespace({ name: namespace });
    },
    async putSecret(namespace, name, { type, data, labels = {} }) {
      await core.deleteNamespacedSecret({ namespace, name }).catch(() => undefined);
      await core.createNamespacedSecret({ namespace, body: { metadata: { name, labels }, type, data } });
    },
    async secret(namespace, name) {
      const { items } = await core.listNamespacedSecret({ namespace, fieldSelector: `metadata.name=${name}` });
      const [found] = items;
      if (!found) return undefined;
      const { labels = {}, resourceVersion: version = '' } = found.metadata ?? {};
      return { type: found.type ?? '', data: found.data ?? {}, labels, version };
    },
    async touch(namespace, what, name) {
      const body = { metadata: { labels: { touched: String(Math.random()) } } };
      if (what === 'job') return void (await batch.patchNamespacedJob({ namespace, name, body }, merge));
      const labelSelector = `batch.kubernetes.io/job-name=${name}`;
      const { items } = await core.listNamespacedPod({ namespace, labelSelector });
      await core.patchNamespacedPod({ namespace, name: items[0]?.metadata?.name ?? '', body }, merge);
    },
    async removePod(namespace, name) {
      await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
    },
    ttlOf: async (namespace, name) =>
      (await batch.readNamespacedJob({ namespace, name })).spec?.ttlSecondsAfterFinished,
    elapse: () => delay(20),
    async stop(isMine) {
      // Programs that wait for a gate are ended with their namespaces.
      const { items } = await core.listNamespace();
      const mine = items.flatMap(({ metadata }) => metadata?.name ?? []).filter(isMine);
      for (const namespace of mine) {
        await core
          .patchNamespacedConfigMap({ namespace, name: 'holds', body: { metadata: { finalizers: null } } }, merge)
          .catch(() => undefined);
        await core.deleteNamespace({ name: namespace });
      }
      rmSync(folder, { recursive: true });
    },
  });
}
