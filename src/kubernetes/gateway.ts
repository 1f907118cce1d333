import { PatchStrategy, setHeaderOptions, type V1Job } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import type { Api } from './api.js';
import { apiMessage, clusterError, statusOf } from './errors.js';
import { TowpathError } from '../release/towpath-error.js';
import { readLog } from './log.js';
import { ensureNamespace, ensurePullSecret } from './namespace.js';
import { observeJob, observePod } from './status.js';
import { waitForChange } from './watch.js';

/** One linked cluster through the official client. Whatever it throws is a `TowpathError` with a code of `failures`. */
export function createGateway(api: Api): JobGateway {
  const { batch, core } = api;
  const ready = new Map<string, number>();
  const readJob: JobGateway['readJob'] = (namespace, name) =>
    absentIs404(() => batch.readNamespacedJob({ namespace, name }).then(observeJob), `read Job ${namespace}/${name}`);
  return {
    ensureNamespace: (namespace, owner) => ensureNamespace(core, { namespace, owner, ready }),
    ensurePullSecret: (namespace, secret, installation) => ensurePullSecret(core, { namespace, secret, installation }),
    readJob,
    async createJob(namespace, manifest) {
      try {
        return observeJob(await batch.createNamespacedJob({ namespace, body: manifest as unknown as V1Job }));
      } catch (error) {
        const name = String((manifest['metadata'] as { name?: unknown } | undefined)?.name);
        return created(error, { namespace, name, readJob, forget: () => ready.delete(namespace) });
      }
    },
    async listPods(namespace, jobUid, mainContainer) {
      const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
      const { items } = await translated(() => core.listNamespacedPod({ namespace, labelSelector }), 'list pods');
      return items.map((pod) => observePod(pod, mainContainer));
    },
    waitForChange: (namespace, job, waitMs, signal) => waitForChange(api.config, { namespace, job, waitMs, signal }),
    readLog: (namespace, pod, container, options) => readLog(api.config, { namespace, pod, container, ...options }),
    async deleteJob(namespace, name, uid) {
      const body = { propagationPolicy: 'Foreground', preconditions: { uid } };
      await goneIsFine(() => batch.deleteNamespacedJob({ namespace, name, body }), `delete Job ${namespace}/${name}`);
    },
    async deletePod(namespace, name, uid) {
      const body = { preconditions: { uid } };
      await goneIsFine(() => core.deleteNamespacedPod({ namespace, name, body }), `delete pod ${namespace}/${name}`);
    },
    async setTtl(namespace, name, uid, seconds) {
      const body = { metadata: { uid }, spec: { ttlSecondsAfterFinished: seconds } };
      const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      await goneIsFine(
        () => batch.patchNamespacedJob({ namespace, name, body }, merge),
        `patch Job ${namespace}/${name}`,
      );
    },
    async warnings(namespace, jobUid) {
      const fieldSelector = `involvedObject.uid=${jobUid},type=Warning`;
      const { items } = await translated(() => core.listNamespacedEvent({ namespace, fieldSelector }), 'list events');
      return items.slice(-5).map((event) => `${event.reason ?? 'Warning'}: ${event.message ?? ''}`.slice(0, 500));
    },
  };
}

/** A refused or unclear create: what is there is the truth. */
async function created(
  error: unknown,
  job: { namespace: string; name: string; readJob: JobGateway['readJob']; forget: () => void },
): ReturnType<JobGateway['createJob']> {
  const status = statusOf(error);
  if (status === 409) return 'exists';
  if (status === 404) {
    job.forget();
    throw new TowpathError('NAMESPACE_MISSING', `namespace "${job.namespace}" does not exist`);
  }
  // A quota says no with 403 as well, and may say yes later; the credentials have nothing to do with it.
  if (status === 403 && /exceeded quota/i.test(apiMessage(error)))
    throw new TowpathError('RUNTIME_UNREACHABLE', `create Job ${job.namespace}/${job.name}: ${apiMessage(error)}`);
  const known = status !== undefined && status < 500 && status !== 429 && status !== 408;
  if (!known && (await job.readJob(job.namespace, job.name))) return 'exists';
  throw clusterError(error, `create Job ${job.namespace}/${job.name}`);
}

async function translated<T>(work: () => Promise<T>, doing: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw clusterError(error, doing);
  }
}

async function absentIs404<T>(work: () => Promise<T>, doing: string): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw clusterError(error, doing);
  }
}

/** 404: gone already. 409: another object has that name now, which is not ours to touch. */
async function goneIsFine(work: () => Promise<unknown>, doing: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw clusterError(error, doing);
  }
}
