import { isOver, newest } from './look.js';
import type { Changes, ObservedJob, ObservedPod } from './ports.js';

/**
 * That a watch does not show a pod says nothing: the one that was seen last must be among them, or a newer one. The watch of
 * pods may be behind that of Jobs: an end is told only with the pod that it came of, and not with one that was replaced.
 */
export function isConclusive(
  { job, pods }: NonNullable<ReturnType<Changes['shown']>>,
  last: ObservedPod | undefined,
): boolean {
  const pod = newest({ items: pods, resourceVersion: '' });
  if (last && !isSameOrNewer(pod, last)) return false;
  return !job.end || cameOf(job.end, pod);
}

/** Nothing that was seen is behind it. */
export const isSameOrNewer = (pod: ObservedPod | undefined, last: ObservedPod): boolean =>
  pod !== undefined && (pod.uid === last.uid || pod.createdAt > last.createdAt);

const cameOf = ({ succeeded }: NonNullable<ObservedJob['end']>, pod: ObservedPod | undefined): boolean =>
  pod !== undefined && isOver(pod) && pod.disruption === undefined && (pod.phase === 'Succeeded') === succeeded;
