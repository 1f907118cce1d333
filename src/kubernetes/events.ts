import type { CoreV1Event } from '@kubernetes/client-node';
import type { Api } from './api.js';

/**
 * Warning events of a Job's pods, or of the Job itself as long as it has none, newest last, at most 5: that a pod could not
 * be created is no news once there is one.
 */
async function warningsOf(api: Api, namespace: string, jobUid: string): Promise<string[]> {
  const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
  const ofJob = { namespace, labelSelector, resourceVersion: '0' };
  const { items: pods } = await api.ask(({ core }) => core.listNamespacedPod(ofJob));
  const uids = pods.length === 0 ? [jobUid] : pods.flatMap((pod) => pod.metadata?.uid ?? []);
  const lists = await Promise.all(
    uids.map((uid) => {
      const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
      return api.ask(({ core }) => core.listNamespacedEvent({ namespace, fieldSelector }));
    }),
  );
  return lists
    .flatMap((list) => list.items)
    .sort((a, b) => lastSeen(a) - lastSeen(b))
    .slice(-5)
    .map(({ reason, message }) => `${reason ?? 'Warning'}: ${message ?? ''}`.slice(0, 500));
}

/** After a question, as many times its length, and at most so long. */
const [restTimes, longestRestMs] = [10, 60_000];

/**
 * Asks for warning events, or answers undefined when it was asked lately: an API server keeps events in no cache, and reads
 * all of a namespace for each question. Without a bound many runs that start late would keep it from starting any.
 */
export function createWarnings(api: Api): (namespace: string, jobUid: string) => Promise<string[] | undefined> {
  let freeAt = 0;
  return async (namespace, jobUid) => {
    const begun = performance.now();
    if (begun < freeAt) return undefined;
    freeAt = begun + longestRestMs;
    try {
      return await warningsOf(api, namespace, jobUid);
    } finally {
      const now = performance.now();
      freeAt = now + Math.min(restTimes * (now - begun), longestRestMs);
    }
  };
}

/** Old and new events keep their time in different fields. */
function lastSeen({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return at === undefined ? 0 : new Date(at).getTime();
}
