import type { V1PodList } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';
import { createJob, listJobs, readJob } from './jobs.js';
import { clusterError, statusOf } from './errors.js';
import { createWarnings } from './events.js';
import { readLog } from './log.js';
import { createNamespaces } from './namespace.js';
import { ensurePullSecret } from './pull-secret.js';
import { missingRights } from './rights.js';
import { readSecret } from './secrets.js';
import { observePod } from './status.js';
import { createWatches } from './watch.js';
import { writesTo } from './writes.js';

/** One linked cluster through the official client. Whatever it throws is a `TowpathError` with a code of `failures`. */
export function createGateway(api: Api, { lingerMs = 300_000 } = {}): JobGateway {
  const namespaces = createNamespaces(api);
  const { watch, creating } = createWatches(api, lingerMs);
  const warningsOf = createWarnings(api);
  return {
    async ping() {
      try {
        await api.ask(({ batch }) => batch.getAPIResources());
      } catch (error) {
        throw clusterError(error, 'reach the cluster');
      }
    },
    missingRights: () => missingRights(api),
    ensureNamespace: (namespace, owner) => namespaces.ensure(namespace, owner),
    ensurePullSecret: (namespace, secret, installation) => ensurePullSecret(api, { namespace, secret, installation }),
    async createJob(namespace, manifest) {
      try {
        return await creating(namespace, () => createJob(api, namespace, manifest));
      } catch (error) {
        if (error instanceof TowpathError && error.code === 'NAMESPACE_MISSING') namespaces.forget(namespace);
        throw error;
      }
    },
    readJob: (namespace, name) => readJob(api, namespace, name),
    listJobs: (of, from) => listJobs(api, of, from),
    listPods: (namespace, jobUid, mainContainer, from) => listPods(api, { namespace, jobUid, mainContainer, from }),
    watch,
    readLog: (reading) => readLog(api, reading),
    readSecret: (namespace, name) => readSecret(api, { namespace, name }),
    ...writesTo(api),
    async warnings(namespace, jobUid) {
      try {
        return await warningsOf(namespace, jobUid);
      } catch (error) {
        throw clusterError(error, `list events in ${namespace}`);
      }
    },
  };
}

interface PodsOf {
  namespace: string;
  jobUid: string;
  mainContainer: string;
  from: string | undefined;
}

async function listPods(
  api: Api,
  { namespace, jobUid, mainContainer, from }: PodsOf,
): ReturnType<JobGateway['listPods']> {
  const of = { namespace, labelSelector: `batch.kubernetes.io/controller-uid=${jobUid}` };
  try {
    const { items, metadata } = await listFrom(api, of, from);
    const pods = items.map((pod) => observePod(pod, mainContainer));
    return { items: pods, resourceVersion: metadata?.resourceVersion ?? '' };
  } catch (error) {
    throw clusterError(error, `list pods in ${namespace}`);
  }
}

/** What an API server answers whose cache is not so far, or whose pods are kept apart from Jobs. */
const notThere = [410, 504];

async function listFrom(
  api: Api,
  of: { namespace: string; labelSelector: string },
  from: string | undefined,
): Promise<V1PodList> {
  if (from !== undefined) {
    const cached = { ...of, resourceVersion: from, resourceVersionMatch: 'NotOlderThan' };
    try {
      return await api.read(({ core }) => core.listNamespacedPod(cached));
    } catch (error) {
      if (!notThere.includes(statusOf(error) ?? 0)) throw error;
    }
  }
  return api.read(({ core }) => core.listNamespacedPod(of));
}
