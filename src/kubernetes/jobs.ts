import type { HttpInfo, V1Job } from '@kubernetes/client-node';
import type { ObservedJob } from '../activities/ports.js';
import type { JsonObject } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';
import { clusterError, refusalOf, statusOf } from './errors.js';
import { observeJob } from './status.js';

/** Undefined when there is none. */
export async function readJob(api: Api, namespace: string, name: string): Promise<ObservedJob | undefined> {
  try {
    return observed(await api.ask(({ batch }) => batch.readNamespacedJobWithHttpInfo({ namespace, name })));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, `read Job ${namespace}/${name}`);
  }
}

/** The API server says its own time with every answer. */
function observed({ data, headers }: HttpInfo<V1Job>): ObservedJob {
  const date = Date.parse(headers['date'] ?? '');
  return observeJob(data, new Date(Number.isNaN(date) ? Date.now() : date).toISOString());
}

/** `exists` when the name is taken. An answer that is not clear is cleared by reading: it may have been created all the same. */
export async function createJob(api: Api, namespace: string, manifest: JsonObject): Promise<ObservedJob | 'exists'> {
  const body = manifest as unknown as V1Job;
  const name = body.metadata?.name ?? '';
  try {
    return observed(await api.ask(({ batch }) => batch.createNamespacedJobWithHttpInfo({ namespace, body })));
  } catch (error) {
    const refusal = clearNo(error, namespace, name);
    if (refusal === 'exists') return 'exists';
    if (refusal) throw refusal;
    if (await readJob(api, namespace, name)) return 'exists';
    throw clusterError(error, `create Job ${namespace}/${name}`);
  }
}

/** What a clear no means; undefined when the answer is not clear. */
function clearNo(error: unknown, namespace: string, name: string): TowpathError | 'exists' | undefined {
  const status = statusOf(error);
  const { reason, causes, message } = refusalOf(error);
  if (status === 409 && reason === 'AlreadyExists') return 'exists';
  if (status === 404) return new TowpathError('NAMESPACE_MISSING', `namespace "${namespace}" does not exist`);
  if (status === 403 && causes.includes('NamespaceTerminating'))
    return new TowpathError('NAMESPACE_MISSING', `namespace "${namespace}" is being deleted`);
  // A quota says no with 403 as well, and may say yes later; the credentials have nothing to do with it.
  if (status === 403 && /exceeded quota/i.test(message))
    return new TowpathError('RUNTIME_UNREACHABLE', `create Job ${namespace}/${name}: ${message}`);
  const refused = clusterError(error, `create Job ${namespace}/${name}`);
  return refused.code === 'RUNTIME_UNREACHABLE' ? undefined : refused;
}
