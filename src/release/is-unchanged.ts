import type { ReleasePlan } from './plan.js';
import type { Status } from './status.js';
import type { ReleaseView } from './view.js';

const lost: readonly Status[] = ['FAILED', 'REJECTED', 'CANCELLED'];

interface Newest {
  version: number;
  digest: string;
  view: ReleaseView;
}

/**
 * True when a start with this plan would do nothing that the newest release of the service does not do (docs/spec.md §8.1). One
 * that takes fewer channels does not stand for one that takes more.
 */
export function isUnchanged({ version, digest, view }: Newest, plan: ReleasePlan): boolean {
  if (version !== plan.version.number || digest !== plan.digest) return false;
  const taken = view.channels.map(({ name }) => name);
  return plan.channels.every(({ name }) => taken.includes(name)) && isCurrent(view);
}

/** CONVERGED, or on its way there in every channel: nothing FAILED, was refused or is being cancelled. */
function isCurrent(view: ReleaseView): boolean {
  if (view.endedAt !== undefined) return view.status === 'CONVERGED';
  return view.channels.every(
    ({ status, explanations }) => !lost.includes(status) && explanations.every(({ code }) => code !== 'CANCELLING'),
  );
}
