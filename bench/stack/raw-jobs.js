// The same Jobs without Towpath: created and awaited with the same client. One watch sees them all end.
import { readFileSync } from 'node:fs';
import { BatchV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { createApi } from '../../dist/kubernetes/api.js';

/** `pattern` is a Job that Towpath has made: the others are as it is, but for their names. */
export async function openRawJobs(installation, pattern) {
  const config = new KubeConfig();
  config.loadFromString(readFileSync(installation.kubeconfig, 'utf8'));
  const api = createApi(() => config);
  const namespace = 'bench-raw';
  await ensureNamespace(api, namespace);
  const ends = await watchEnds(config, namespace);
  installation.beforeStop(() => ends.close());
  let count = 0;
  /** Creates one that lasts so many seconds, and returns when it is complete. */
  return async function run(seconds = 0) {
    count += 1;
    const name = `raw-${process.pid}-${count}`;
    const ended = ends.of(name);
    const body = like(pattern, { namespace, name, seconds });
    await api.ask(({ batch }) => batch.createNamespacedJob({ namespace, body }));
    const how = await ended;
    if (how !== 'Complete') throw new Error(`Job ${name} ended as ${how}`);
  };
}

/** A Job that Towpath made. */
export async function findPattern({ kubeconfig }) {
  const config = new KubeConfig();
  config.loadFromString(readFileSync(kubeconfig, 'utf8'));
  const { items } = await config.makeApiClient(BatchV1Api).listJobForAllNamespaces();
  const made = items.find(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'towpath');
  if (made === undefined) throw new Error('there is no Job of Towpath to copy');
  return made;
}

const setByKubernetes = /^(batch\.kubernetes\.io\/|controller-uid$|job-name$)/;
const ours = (labels) => Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !setByKubernetes.test(key)));

function like({ metadata, spec }, { namespace, name, seconds }) {
  const { selector: _, template, ...rest } = spec;
  const [container] = template.spec.containers;
  const [program, , ...args] = container.args;
  const pod = { ...template.spec, containers: [{ ...container, args: [program, String(seconds), ...args] }] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace, name, labels: ours(metadata.labels), annotations: metadata.annotations },
    spec: {
      ...rest,
      ttlSecondsAfterFinished: 900,
      template: { metadata: { ...template.metadata, labels: ours(template.metadata.labels) }, spec: pod },
    },
  };
}

async function ensureNamespace(api, name) {
  try {
    await api.ask(({ core }) => core.createNamespace({ body: { metadata: { name } } }));
  } catch (error) {
    if (error.code !== 409) throw error;
  }
  for (;;) {
    const { items } = await api.ask(({ core }) => core.listNamespacedServiceAccount({ namespace: name }));
    if (items.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function watchEnds(config, namespace) {
  const waiting = new Map();
  let closed = false;
  let watch;
  const see = (_type, job) => {
    const end = job.status?.conditions?.find(
      ({ type, status }) => status === 'True' && /^(Complete|Failed)$/.test(type),
    );
    if (end) waiting.get(job.metadata.name)?.(end.type);
  };
  async function open() {
    watch = await new Watch(config).watch(`/apis/batch/v1/namespaces/${namespace}/jobs`, {}, see, (error) => {
      // It ends after a while by itself, and a new one begins with all that is there.
      if (!closed) void open();
      else if (error && error.name !== 'AbortError') throw error;
    });
  }
  await open();
  return {
    of: (name) =>
      new Promise((resolve) => {
        waiting.set(name, (how) => {
          waiting.delete(name);
          resolve(how);
        });
      }),
    close() {
      closed = true;
      watch.abort();
    },
  };
}
