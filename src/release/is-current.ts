import type { ReleaseView } from './view.js';

/** True for a release that makes another one of the same content needless: CONVERGED, or open without a FAILED channel (docs/spec.md §8.1). */
export function isCurrent(view: ReleaseView): boolean {
  if (view.endedAt !== undefined) return view.status === 'CONVERGED';
  return view.channels.every((channel) => channel.status !== 'FAILED');
}
