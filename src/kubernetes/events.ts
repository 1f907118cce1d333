import type { CoreV1Event } from '@kubernetes/client-node';
import type { Api } from './api.js';

/**
 * Warning events of a Job's pods, or of the Job itself as long as it has none, newest last, at most 5: that a pod could not
 * be created is no news once there is one.
 */
export async function warningsOf(api: Api, namespace: string, jobUid: string): Promise<string[]> {
  const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
  const { items: pods } = await api.ask(({ core }) => core.listNamespacedPod({ namespace, labelSelector }));
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

/** Old and new events keep their time in different fields. */
function lastSeen({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return at === undefined ? 0 : new Date(at).getTime();
}
