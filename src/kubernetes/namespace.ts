import { setTimeout as delay } from 'node:timers/promises';
import type { V1Namespace } from '@kubernetes/client-node';
import type { NamespaceOwner } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';
import { clusterError, statusOf } from './errors.js';
import { label, managedBy, ours } from './names.js';

/** How long a namespace that was seen ready is not looked at again (ms): spares two reads a run. */
const trustedForMs = 60_000;

export interface Namespaces {
  ensure(namespace: { name: string; managed: boolean }, owner: NamespaceOwner): Promise<void>;
  /** Something could not be created in it: look again. */
  forget(name: string): void;
}

/** The namespaces that Jobs run in: the automatic ones are made on first use, a configured one is only looked for (docs/spec.md §7.1). */
export function createNamespaces(api: Api): Namespaces {
  const ready = new Map<string, number>();
  return {
    async ensure(namespace, owner) {
      const key = `${namespace.name} ${namespace.managed ? owner.installation : ''}`;
      const seen = ready.get(key);
      if (seen !== undefined && performance.now() - seen < trustedForMs) return;
      if (namespace.managed) await managed(api, namespace.name, owner);
      else await configured(api, namespace.name);
      ready.set(key, performance.now());
    },
    forget(name) {
      for (const key of ready.keys()) if (key.startsWith(`${name} `)) ready.delete(key);
    },
  };
}

async function configured(api: Api, name: string): Promise<void> {
  let found: V1Namespace | undefined;
  try {
    found = await read(api, name);
  } catch (error) {
    // A worker whose rights end at the namespace may not read the namespace itself; creating the Job tells.
    if (error instanceof TowpathError && error.code === 'RUNTIME_FORBIDDEN') return;
    throw error;
  }
  const gone = found ? 'is being deleted' : 'does not exist';
  if (!found || isDeleting(found))
    throw new TowpathError('NAMESPACE_MISSING', `namespace "${name}" ${gone}`, {
      hint: `kubectl create namespace ${name}`,
    });
}

/** A pod that comes before the default service account is refused, and the Job controller backs off for seconds. */
async function managed(api: Api, name: string, owner: NamespaceOwner): Promise<void> {
  const found = (await read(api, name)) ?? (await create(api, name, owner));
  if (found.metadata?.labels?.[label.installation] !== owner.installation)
    throw new TowpathError(
      'NAMESPACE_NOT_OURS',
      `namespace "${name}" exists and does not belong to this installation`,
      { hint: 'set proxyRuntime.containerOrchestration.k8s.namespace to run in a namespace of your own' },
    );
  if (isDeleting(found))
    throw new TowpathError('RUNTIME_UNREACHABLE', `namespace "${name}" is being deleted; it is made again afterwards`);
  await defaultServiceAccount(api, name);
}

const isDeleting = (namespace: V1Namespace): boolean => namespace.metadata?.deletionTimestamp !== undefined;

async function read(api: Api, name: string): Promise<V1Namespace | undefined> {
  try {
    return await api.ask(({ core }) => core.readNamespace({ name }));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, `read namespace ${name}`);
  }
}

/** Whoever was faster may be another worker of ours, or a stranger. */
async function create(api: Api, name: string, { installation, runtime }: NamespaceOwner): Promise<V1Namespace> {
  const labels = { [managedBy]: ours, [label.installation]: installation, [label.runtime]: runtime };
  try {
    return await api.ask(({ core }) => core.createNamespace({ body: { metadata: { name, labels } } }));
  } catch (error) {
    const theirs = statusOf(error) === 409 ? await read(api, name) : undefined;
    if (theirs) return theirs;
    throw clusterError(error, `create namespace ${name}`);
  }
}

async function defaultServiceAccount(api: Api, namespace: string): Promise<void> {
  for (let pause = 10; pause < 5000; pause *= 1.5) {
    try {
      await api.ask(({ core }) => core.readNamespacedServiceAccount({ namespace, name: 'default' }));
      return;
    } catch (error) {
      if (statusOf(error) !== 404) throw clusterError(error, `read the service account of namespace ${namespace}`);
    }
    await delay(pause);
  }
  throw new TowpathError('RUNTIME_UNREACHABLE', `namespace "${namespace}" has no default service account yet`);
}
