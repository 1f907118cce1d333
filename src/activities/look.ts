import type { JobGateway, ObservedJob, ObservedPod, ObservedPods, Seen } from './ports.js';

export interface JobAt {
  namespace: string;
  name: string;
  uid: string;
  mainContainer: string;
}

export interface Look {
  /** Undefined when there is none, or another one of that name. */
  job: ObservedJob | undefined;
  /** Another Job has its name. */
  replaced: boolean;
  pods: ObservedPods;
}

/**
 * Reads a Job and its pods: the truth, whatever a watch has said. Not `exact`, the pods are those of the time of the Job's last
 * change or of later: enough for what its end came of, not for what has not happened. A list that is the latest costs an API
 * server more the more pods there are, and one that is busy reads all of them from etcd.
 */
export async function look(
  gateway: JobGateway,
  { namespace, name, uid, mainContainer }: JobAt,
  { exact = true } = {},
): Promise<Look> {
  const found = await gateway.readJob(namespace, name);
  const job = found?.uid === uid ? found : undefined;
  const from = exact ? undefined : job?.resourceVersion;
  const pods = await gateway.listPods(namespace, uid, mainContainer, from);
  return { job, replaced: found !== undefined && !job, pods };
}

/** Where the watches go on after a look. */
export const versionsOf = ({ job, pods }: Look): Seen => ({
  job: job?.resourceVersion ?? '',
  pods: pods.resourceVersion,
});

/** Oldest first. */
export const byAge = (a: ObservedPod, b: ObservedPod): number => (a.createdAt < b.createdAt ? -1 : 1);

/** There is one, unless the program may start twice and the cluster has replaced a pod that was disrupted. */
export const newest = ({ items }: ObservedPods): ObservedPod | undefined => items.toSorted(byAge).at(-1);

/** Its containers will not run again. */
export const isOver = (pod: ObservedPod | undefined): boolean => pod?.phase === 'Succeeded' || pod?.phase === 'Failed';
