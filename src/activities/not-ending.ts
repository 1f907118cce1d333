import { isOver } from './look.js';
import type { ObservedPods } from './ports.js';

/** How long after its grace period a pod may be there before that is said. */
const lateMs = 60_000;

/**
 * Said of a pod that should have ended long ago. As a rule its node is gone: nobody but the cluster's operator can tell that
 * its program does not run any more, and Kubernetes ends neither pod nor Job before (docs/operations/when-a-part-is-down.md).
 */
export function notEnding({ items }: ObservedPods, nowMs: number): string | undefined {
  const late = items.find((pod) => !isOver(pod) && nowMs - Date.parse(pod.endsBy ?? '') > lateMs);
  return (
    late &&
    `RUNTIME_UNREACHABLE: pod ${late.name} was to end by ${late.endsBy} and has not; if its node is gone for good, ` +
      'delete that Node, or taint it node.kubernetes.io/out-of-service'
  );
}
