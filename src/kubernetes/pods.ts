import type { V1PodList } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import type { Api } from './api.js';
import { clusterError, statusOf } from './errors.js';
import { observePod } from './status.js';

/**
 * What an API server answers whose cache is not so far and cannot be told to hurry (before Kubernetes 1.31), whose pods are kept
 * apart from Jobs, or that does not know how to be asked so.
 */
const cannot = [400, 410, 422, 504];

/** For so long it is not asked so again: each time may cost three seconds. */
const restMs = 10 * 60_000;

/** Lists the pods of a Job, those of its time from the cache where the API server can do that (docs/architecture.md, jobs). */
export function createListPods(api: Api): JobGateway['listPods'] {
  let cachedFrom = 0;

  async function list(of: { namespace: string; labelSelector: string }, from: string | undefined): Promise<V1PodList> {
    if (from && performance.now() >= cachedFrom) {
      const cached = { ...of, resourceVersion: from, resourceVersionMatch: 'NotOlderThan' };
      try {
        return await api.read(({ core }) => core.listNamespacedPod(cached));
      } catch (error) {
        if (!cannot.includes(statusOf(error) ?? 0)) throw error;
        cachedFrom = performance.now() + restMs;
      }
    }
    return api.read(({ core }) => core.listNamespacedPod(of));
  }

  return async (namespace, jobUid, mainContainer, from) => {
    try {
      const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
      const { items, metadata } = await list({ namespace, labelSelector }, from);
      const pods = items.map((pod) => observePod(pod, mainContainer));
      return { items: pods, resourceVersion: metadata?.resourceVersion ?? '' };
    } catch (error) {
      throw clusterError(error, `list pods in ${namespace}`);
    }
  };
}
