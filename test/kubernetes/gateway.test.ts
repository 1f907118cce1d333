import { FakeCluster } from '../fakes/cluster.js';
import { settle } from '../fakes/clock.js';
import { FakeGateway } from '../fakes/job-gateway.js';
import { runPrograms } from '../fakes/run-program.js';
import type { TestCluster } from './contract/scene.js';
import { describeGateway } from './gateway-contract.js';
import { manifestOf } from './program.js';

/** The cluster in memory, behind the gateway's back. */
function fakeCluster(): TestCluster {
  const cluster = new FakeCluster();
  const open = runPrograms(cluster);
  return {
    gateway: new FakeGateway(cluster),
    manifest: (job) => manifestOf(job, { image: 'fake', command: ['program', JSON.stringify(job.program)] }),
    open,
    async createNamespace(name, labels) {
      cluster.namespace(name, labels);
      await settle();
    },
    namespaceLabels: (name) => Promise.resolve(cluster.namespaces.get(name)?.labels),
    async beginDeletion(name) {
      const found = cluster.namespaces.get(name);
      if (found) found.deleting = true;
      await settle();
    },
    async putSecret(namespace, name, { labels = {}, ...content }) {
      cluster.secrets.set(`${namespace}/${name}`, { ...content, labels, version: cluster.nextVersion() });
      await settle();
    },
    secret(namespace, name) {
      const found = cluster.secrets.get(`${namespace}/${name}`);
      return Promise.resolve(found && { ...found, version: String(found.version) });
    },
    async touch(_, what, name) {
      if (what === 'job') cluster.touchJob(cluster.job(name));
      else cluster.touchPod(cluster.pod(name));
      await settle();
    },
    async removePod(namespace, name) {
      const pod = cluster.pods.get(`${namespace}/${name}`);
      if (pod) cluster.removePod(pod);
      await settle();
    },
    ttlOf: (_, name) => Promise.resolve(cluster.job(name).ttl),
    elapse: (ms) => cluster.clock.advance(ms),
    stop: () => Promise.resolve(),
  };
}

describeGateway(() => Promise.resolve(fakeCluster()));
