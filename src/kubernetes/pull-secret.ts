import { isDeepStrictEqual } from 'node:util';
import type { V1Secret } from '@kubernetes/client-node';
import type { PullSecret } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api, Clients } from './api.js';
import { clusterError, statusOf } from './errors.js';
import { label, managedBy, ours } from './names.js';
import { findSecret } from './secrets.js';

interface Wanted {
  namespace: string;
  secret: PullSecret;
  installation: string;
}

const pullSecretType = 'kubernetes.io/dockerconfigjson';

/** Copies a registry's pull secret into the namespace of the Job, again when the source changed (docs/spec.md §7.5). */
export async function ensurePullSecret(api: Api, wanted: Wanted): Promise<void> {
  const { namespace, secret } = wanted;
  const { from, as: name } = secret;
  const source = await findSecret(api, from);
  if (!source)
    throw new TowpathError(
      'SPEC_REFUSED',
      `the pull secret ${from.namespace}/${from.name} of registry "${secret.registry}" does not exist`,
    );
  // A registry is written by people who need not be allowed to read what its Secret holds.
  if (source.type !== pullSecretType)
    throw new TowpathError(
      'SPEC_REFUSED',
      `the pull secret ${from.namespace}/${from.name} of registry "${secret.registry}" is not of type ${pullSecretType}`,
    );
  // Two runs that start at once write the same: the loser of the race looks again.
  for (let tries = 1; tries <= 3; tries++) {
    const copy = await findSecret(api, { namespace, name });
    if (copy && copy.metadata?.labels?.[label.installation] !== wanted.installation)
      throw new TowpathError(
        'SPEC_REFUSED',
        `Secret ${namespace}/${name} exists and does not belong to this installation`,
      );
    if (copy && copy.type === source.type && isDeepStrictEqual(copy.data ?? {}, source.data ?? {})) return;
    if (await written(api, { ...wanted, source, copy })) return;
  }
  throw new TowpathError('RUNTIME_UNREACHABLE', `Secret ${namespace}/${name} is being changed by somebody else`);
}

/** False when somebody else wrote at the same time. */
async function written(
  api: Api,
  { namespace, secret, installation, source, copy }: Wanted & { source: V1Secret; copy: V1Secret | undefined },
): Promise<boolean> {
  const name = secret.as;
  const uid = copy?.metadata?.uid;
  const body: V1Secret = {
    metadata: {
      name,
      labels: { [managedBy]: ours, [label.installation]: installation },
      ...(uid === undefined ? {} : { uid }),
    },
    ...(source.type === undefined ? {} : { type: source.type }),
    ...(source.data === undefined ? {} : { data: source.data }),
  };
  const write = async ({ core }: Clients): Promise<unknown> => {
    if (!copy) return core.createNamespacedSecret({ namespace, body });
    if (copy.type === source.type) return core.replaceNamespacedSecret({ namespace, name, body });
    // The type of a Secret cannot be changed: it is made anew.
    return core.deleteNamespacedSecret({ namespace, name, body: { preconditions: { uid: uid ?? '' } } });
  };
  try {
    await api.ask(write);
    return copy === undefined || copy.type === source.type;
  } catch (error) {
    const status = statusOf(error);
    if (status === 409 || (status === 404 && copy)) return false;
    if (status === 404) throw new TowpathError('NAMESPACE_MISSING', `namespace "${namespace}" does not exist`);
    throw clusterError(error, `write Secret ${namespace}/${name}`, { secret: true });
  }
}
