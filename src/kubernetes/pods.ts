import type { V1PodList } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import type { Api } from './api.js';
import { clusterError, statusOf } from './errors.js';
import { observePod } from './status.js';

/** What an API server answers that cannot be asked so, or whose pods are kept apart from Jobs. */
const cannot = [400, 410, 422];
/** Its cache was not so far in three seconds: it is busy, or cannot be told to hurry (before Kubernetes 1.31). */
const late = 504;

/** For so long its cache is not asked again; when it was late, for the first time after the shortest, and then twice as long. */
const [shortestMs, longestMs] = [10_000, 10 * 60_000];

interface Selection {
  namespace: string;
  labelSelector: string;
  fieldSelector?: string;
}

/** Lists the pods of a Job, those of its time from the cache where the API server can do that (docs/architecture.md, jobs). */
export function createListPods(api: Api): JobGateway['listPods'] {
  let cachedFrom = 0;
  let restMs = shortestMs;

  async function list(of: Selection, from: string | undefined): Promise<V1PodList> {
    if (from && performance.now() >= cachedFrom) {
      const cached = { ...of, resourceVersion: from, resourceVersionMatch: 'NotOlderThan' };
      try {
        const pods = await api.read(({ core }) => core.listNamespacedPod(cached));
        restMs = shortestMs;
        return pods;
      } catch (error) {
        const status = statusOf(error) ?? 0;
        if (status !== late && !cannot.includes(status)) throw error;
        cachedFrom = performance.now() + (status === late ? restMs : longestMs);
        restMs = Math.min(2 * restMs, longestMs);
      }
    }
    return api.read(({ core }) => core.listNamespacedPod(of));
  }

  return async (namespace, jobUid, mainContainer, { from, name } = {}) => {
    try {
      const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
      // An API server looks one of a name up, and goes through all of the namespace for those of a label.
      const one = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
      const { items, metadata } = await list({ namespace, labelSelector, ...one }, from);
      const pods = items.map((pod) => observePod(pod, mainContainer));
      return { items: pods, resourceVersion: metadata?.resourceVersion ?? '' };
    } catch (error) {
      throw clusterError(error, `list pods in ${namespace}`);
    }
  };
}
