import type { V1Secret } from '@kubernetes/client-node';
import type { Api } from './api.js';
import { clusterError, statusOf } from './errors.js';

/** Undefined when there is none. Errors never say what it holds. */
export async function findSecret(api: Api, at: { namespace: string; name: string }): Promise<V1Secret | undefined> {
  try {
    return await api.ask(({ core }) => core.readNamespacedSecret(at));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, `read Secret ${at.namespace}/${at.name}`, { secret: true });
  }
}

/** Its values, decoded. */
export async function readSecret(
  api: Api,
  at: { namespace: string; name: string },
): Promise<Record<string, Buffer> | undefined> {
  const secret = await findSecret(api, at);
  if (!secret) return undefined;
  const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
  return Object.fromEntries(decoded) as Record<string, Buffer>;
}
