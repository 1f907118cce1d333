import type { JobGateway, ObservedJob, ObservedPod, ObservedPods, PodsOf, Seen } from './ports.js';

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

/** Reads a Job and its pods as they are now: the truth, whatever a watch has said. */
export async function look(gateway: JobGateway, at: JobAt): Promise<Look> {
  const found = await readJob(gateway, at);
  return { ...found, pods: await listPods(gateway, at) };
}

/** Reads a Job as it is now, by its uid. */
export async function readJob(gateway: JobGateway, { namespace, name, uid }: JobAt): Promise<Omit<Look, 'pods'>> {
  const found = await gateway.readJob(namespace, name);
  const job = found?.uid === uid ? found : undefined;
  return { job, replaced: found !== undefined && !job };
}

/** Its pods as they are now, or as `of` says. */
export const listPods = (gateway: JobGateway, { namespace, uid, mainContainer }: JobAt, of?: PodsOf) =>
  gateway.listPods(namespace, uid, mainContainer, of);

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
