import type { HttpInfo, V1Job, V1JobList } from '@kubernetes/client-node';
import type { JobsOf, ObservedJob, ObservedJobs } from '../activities/ports.js';
import { given } from '../release/given.js';
import type { JsonObject } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';
import { clusterError, refusalOf, statusOf } from './errors.js';
import { instanceLabels, label, managedBy, ours } from './names.js';
import { observeJob } from './status.js';

/** Undefined when there is none. */
export async function readJob(api: Api, namespace: string, name: string): Promise<ObservedJob | undefined> {
  try {
    return observed(api, await api.read(({ batch }) => batch.readNamespacedJobWithHttpInfo({ namespace, name })));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, `read Job ${namespace}/${name}`);
  }
}

/** A cluster may hold thousands of finished Jobs: they are never all in memory. */
const pieceSize = 250;

/** Jobs of an installation, or of an instance, in all namespaces, piece by piece. */
export async function listJobs(api: Api, of: JobsOf, from?: string): Promise<ObservedJobs> {
  const labelSelector = selectorOf(of);
  const piece = { labelSelector, limit: pieceSize, ...(from === undefined ? {} : { _continue: from }) };
  try {
    const answer = await api.ask(({ batch }) => batch.listJobForAllNamespacesWithHttpInfo(piece));
    const readAt = timeOf(answer);
    const { items, metadata } = answer.data;
    return given({ items: items.map((job) => observeJob(job, readAt)), next: metadata?._continue || undefined });
  } catch (error) {
    throw clusterError(error, 'list Jobs in all namespaces');
  }
}

function selectorOf({ installation, instance }: JobsOf): string {
  const wanted = { [managedBy]: ours, [label.installation]: installation, ...(instance && instanceLabels(instance)) };
  return Object.entries(wanted)
    .map(([name, value]) => `${name}=${value}`)
    .join();
}

function observed(api: Api, answer: HttpInfo<V1Job>): ObservedJob {
  const readAt = timeOf(answer);
  ahead.set(api, Date.parse(readAt) - Date.now());
  return observeJob(answer.data, readAt);
}

/** How far the clock of a cluster is ahead of ours (ms), by its last answer. */
const ahead = new WeakMap<Api, number>();

/** What the clock of the cluster says now, for what comes without an answer. */
export const clusterTime = (api: Api): string => new Date(Date.now() + (ahead.get(api) ?? 0)).toISOString();

/** The API server says its own time with every answer. */
function timeOf({ headers }: HttpInfo<V1Job | V1JobList>): string {
  const date = Date.parse(headers['date'] ?? '');
  return new Date(Number.isNaN(date) ? Date.now() : date).toISOString();
}

/** `exists` when the name is taken. An answer that is not clear is cleared by reading: it may have been created all the same. */
export async function createJob(api: Api, namespace: string, manifest: JsonObject): Promise<ObservedJob | 'exists'> {
  const body = manifest as unknown as V1Job;
  const name = body.metadata?.name ?? '';
  try {
    return observed(api, await api.ask(({ batch }) => batch.createNamespacedJobWithHttpInfo({ namespace, body })));
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
