import { isEnded, overall, type Status } from '../release/status.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ChannelView, ReleaseView } from '../release/view.js';

export interface Wanted {
  /** Channels to wait for; all of them when absent. */
  channels?: readonly string[];
  /** A status to wait for instead of the end. */
  status?: Status;
  successOnReplaced: boolean;
}

/**
 * The exit code that a wait ends with, or undefined while it goes on (docs/spec.md §11.3). It looks at each channel,
 * since a release as a whole can look better than one of them.
 */
export function exitCodeOf(view: ReleaseView, { channels, status, successOnReplaced }: Wanted): number | undefined {
  const statuses = waitedFor(view, channels).map((channel) => channel.status);
  if (status !== undefined && overall(statuses) === status) return 0;
  if (!statuses.every(isEnded)) return undefined;
  const has = (...some: Status[]): boolean => statuses.some((each) => some.includes(each));
  if (has('FAILED', 'REJECTED')) return 2;
  if (has('CANCELLED')) return 1;
  if (has('SKIPPED') || (has('REPLACED') && !successOnReplaced)) return 2;
  return status === undefined ? 0 : 1;
}

/** The channels of that names; one that the release does not have is a mistake to name at once. */
export function waitedFor(view: ReleaseView, names?: readonly string[]): ChannelView[] {
  if (names === undefined) return view.channels;
  return names.map((name) => {
    const found = view.channels.find((channel) => channel.name === name);
    if (found) return found;
    const known = view.channels.map((channel) => channel.name).join(', ');
    throw new TowpathError('BAD_REQUEST', `release ${view.id} has no channel "${name}"`, { hint: `it has ${known}` });
  });
}

/** True when nothing more happens in any channel by itself. */
export const isOver = (view: ReleaseView): boolean => view.channels.every((channel) => isEnded(channel.status));
