import type { LastPod } from './last-pod.js';
import { listPods, readJob, type JobAt, type Look } from './look.js';
import type { JobGateway } from './ports.js';

/**
 * Reads a Job as it is now, and its pods as they were at its last change or later: enough for what its end came of, not for
 * what has not happened. A list that is the latest is waited for, and an API server that is busy reads all pods from etcd for
 * it; one from its cache still costs more the more pods there are, so the pod that runs is asked for by its name, once its log
 * is `followed`: what those before it have logged has been stored then. Undefined when it leads back behind what was seen: API
 * servers have a cache each.
 */
export async function lookLate(
  gateway: JobGateway,
  at: JobAt,
  { last, followed }: { last: LastPod; followed: string | undefined },
): Promise<Look | undefined> {
  const found = await readJob(gateway, at);
  const { job } = found;
  const from = job?.resourceVersion;
  const pod = last.running;
  if (job && pod && pod.uid === followed) {
    const one = await listPods(gateway, at, { from, name: pod.name });
    if (last.isAlone(job, one.items)) return { ...found, pods: one };
  }
  const pods = await listPods(gateway, at, { from });
  return last.agreesWith(pods.items) ? { ...found, pods } : undefined;
}
