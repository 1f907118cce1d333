import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseView } from '../release/view.js';
import type { ServerContext } from './context.js';
import { withRuns } from './overlay.js';
import type { ReleaseRow, ServerStore } from './ports.js';

/** The row of a release, or NOT_FOUND. */
export async function releaseRow(store: ServerStore, id: string): Promise<ReleaseRow> {
  const row = await store.release(id);
  if (row) return row;
  throw new TowpathError('NOT_FOUND', `release "${id}" does not exist`, {
    hint: '`towpath releases list` shows those that do',
  });
}

/**
 * The release as it is now: the newer of what its workflow says, when a worker answers, and of what was written last, or how it
 * will begin; with what the store knows of its runs.
 */
export async function readRelease(
  { store, releases }: Pick<ServerContext, 'store' | 'releases'>,
  id: string,
): Promise<ReleaseView> {
  const { view: stored, startedAt } = await releaseRow(store, id);
  const live = startedAt !== undefined && mayGoOn(stored) ? await releases.view(id) : undefined;
  // With equal numbers the store knows more: it is told how a run ended before the release applies it.
  const newest = live && live.sequence > stored.sequence ? live : stored;
  return withRuns(newest, await store.runs(id), await store.served());
}

/** One that failed may have been retried, which its release says before the store does. */
const mayGoOn = ({ endedAt, retryUntil }: ReleaseView): boolean =>
  endedAt === undefined || (retryUntil !== undefined && Date.parse(retryUntil) > Date.now());
