import { setTimeout as delay } from 'node:timers/promises';
import type { CoreV1Api, V1Secret } from '@kubernetes/client-node';
import type { NamespaceOwner } from '../activities/ports.js';
import type { PullSecret } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import { clusterError, statusOf } from './errors.js';
import { annotation, label, managedBy, ours } from './names.js';

interface Wanted {
  namespace: { name: string; managed: boolean };
  owner: NamespaceOwner;
  /** Namespaces seen ready, and when (ms): spares two reads a run. A create that answers 404 forgets. */
  ready: Map<string, number>;
}

const trustedForMs = 60_000;

/**
 * Makes the automatic namespace on first use, and waits for its default service account: a pod that comes earlier is
 * refused, and the Job controller backs off for seconds. A configured namespace is only looked for (docs/spec.md §7.1).
 */
export async function ensureNamespace(core: CoreV1Api, { namespace, owner, ready }: Wanted): Promise<void> {
  const { name, managed } = namespace;
  const seen = ready.get(name);
  if (seen !== undefined && Date.now() - seen < trustedForMs) return;
  const found = await read(() => core.readNamespace({ name }), `read namespace ${name}`);
  if (!found && !managed)
    throw new TowpathError('NAMESPACE_MISSING', `namespace "${name}" does not exist`, {
      hint: `kubectl create namespace ${name}`,
    });
  if (!found) await create(core, name, owner);
  else if (managed && found.metadata?.labels?.[label.installation] !== owner.installation)
    throw new TowpathError(
      'NAMESPACE_NOT_OURS',
      `namespace "${name}" exists and does not belong to this installation`,
      {
        hint: 'set proxyRuntime.containerOrchestration.k8s.namespace to run in a namespace of your own',
      },
    );
  await defaultServiceAccount(core, name);
  ready.set(name, Date.now());
}

async function create(core: CoreV1Api, name: string, { installation, runtime }: NamespaceOwner): Promise<void> {
  const labels = { [managedBy]: ours, [label.installation]: installation, [label.runtime]: runtime };
  try {
    await core.createNamespace({ body: { metadata: { name, labels } } });
  } catch (error) {
    if (statusOf(error) !== 409) throw clusterError(error, `create namespace ${name}`);
  }
}

async function defaultServiceAccount(core: CoreV1Api, namespace: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await read(() => core.readNamespacedServiceAccount({ namespace, name: 'default' }), 'read service account'))
      return;
    await delay(50);
  }
  throw new TowpathError('RUNTIME_UNREACHABLE', `namespace "${namespace}" has no default service account yet`);
}

async function read<T>(work: () => Promise<T>, doing: string): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, doing);
  }
}

/** Copies a registry's pull secret into the namespace of the Job, again when the source changed (docs/spec.md §7.5). */
export async function ensurePullSecret(
  core: CoreV1Api,
  { namespace, secret, installation }: { namespace: string; secret: PullSecret; installation: string },
): Promise<void> {
  const { from, as } = secret;
  const source = await read(() => core.readNamespacedSecret(from), `read Secret ${from.namespace}/${from.name}`);
  if (!source)
    throw new TowpathError(
      'SPEC_REFUSED',
      `the pull secret ${from.namespace}/${from.name} of registry "${secret.registry}" does not exist`,
    );
  const copy = await read(() => core.readNamespacedSecret({ namespace, name: as }), `read Secret ${namespace}/${as}`);
  if (copy && copy.metadata?.labels?.[label.installation] !== installation)
    throw new TowpathError('SPEC_REFUSED', `Secret ${namespace}/${as} exists and does not belong to this installation`);
  const version = source.metadata?.resourceVersion ?? '';
  if (copy?.metadata?.annotations?.[annotation.sourceVersion] === version) return;
  const body: V1Secret = {
    metadata: {
      name: as,
      labels: { [managedBy]: ours, [label.installation]: installation },
      annotations: { [annotation.sourceVersion]: version },
    },
    ...(source.type === undefined ? {} : { type: source.type }),
    ...(source.data === undefined ? {} : { data: source.data }),
  };
  try {
    if (copy) await core.replaceNamespacedSecret({ namespace, name: as, body });
    else await core.createNamespacedSecret({ namespace, body });
  } catch (error) {
    if (statusOf(error) !== 409) throw clusterError(error, `write Secret ${namespace}/${as}`);
  }
}
