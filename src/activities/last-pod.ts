import { isConclusive, isSameOrNewer } from './conclusive.js';
import { isOver, newest } from './look.js';
import type { ObservedJob, ObservedPod } from './ports.js';

/** The pod of a Job that was seen last. What a watch or a late list shows must not lead back behind it. */
export class LastPod {
  pod: ObservedPod | undefined;
  /** Its uid, once a reading of what is now has not shown it any more. */
  private gone: string | undefined;

  /** Another one was seen before it. */
  hasReplaced = false;

  see(pod: ObservedPod | undefined): void {
    this.hasReplaced ||= pod !== undefined && this.pod !== undefined && pod.uid !== this.pod.uid;
    this.pod = pod ?? this.pod;
  }

  /** What was read as it is now. */
  read(items: ObservedPod[]): void {
    const { pod } = this;
    this.gone = pod && !isSameOrNewer(newestOf(items), pod) ? pod.uid : undefined;
  }

  /** The one that must be shown. */
  get expected(): ObservedPod | undefined {
    return this.pod?.uid === this.gone ? undefined : this.pod;
  }

  /** While it runs: no other one is made beside it. */
  get running(): ObservedPod | undefined {
    const pod = this.expected;
    return pod && mayStand(pod) ? pod : undefined;
  }

  /** The Job has no other pod than these, and none that replaces what was seen last. */
  isAlone(job: ObservedJob, pods: ObservedPod[]): boolean {
    return isConclusive({ job, pods }, this.expected) && (job.end !== undefined || pods.some(mayStand));
  }

  /** Neither the pod that was seen nor that it is gone is denied by these. */
  agreesWith(items: ObservedPod[]): boolean {
    const { expected } = this;
    if (!this.pod) return true;
    const pod = newestOf(items);
    return expected ? isSameOrNewer(pod, expected) : pod?.uid !== this.pod.uid;
  }
}

/** Kubernetes puts no other one in its place. */
const mayStand = (pod: ObservedPod): boolean => !isOver(pod) && !pod.deleting;

const newestOf = (items: ObservedPod[]): ObservedPod | undefined => newest({ items, resourceVersion: '' });
