import type { StoredLog } from './job-end.js';
import { drain, shortlyMs, type Draining } from './drain.js';
import type { Source } from './log-copy.js';
import { byAge } from './look.js';
import type { ObservedPod, ObservedPods } from './ports.js';

/**
 * Stores what is left of the logs of all pods of a run, oldest first, and answers the end of the stored log: a pod that was
 * replaced may not have been read to its end when the run is over (docs/spec.md §7.10).
 */
export async function drainAll(source: Source, { items }: ObservedPods, how: Draining): Promise<StoredLog> {
  const pods = items.toSorted(byAge);
  const warnings = await drainEach(source, pods.slice(0, -1), how);
  const stored = await drain(source, pods.at(-1), how);
  return { ...stored, warnings: [...new Set([...warnings, ...stored.warnings])] };
}

/** Answers what is said of them. One after the other, and a newer pod goes on meanwhile: none is waited for for long. */
export async function drainEach(source: Source, pods: ObservedPod[], { signal }: Draining): Promise<string[]> {
  const warnings: string[] = [];
  for (const pod of pods) warnings.push(...(await drain(source, pod, { signal, refusedMs: shortlyMs })).warnings);
  return warnings;
}
