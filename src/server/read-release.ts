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
 * The release as it is now: from the workflow when a worker answers, else as it was written last, or as it will begin; with
 * what the store knows of its runs.
 */
export async function readRelease(
  { store, releases }: Pick<ServerContext, 'store' | 'releases'>,
  id: string,
): Promise<ReleaseView> {
  const row = await releaseRow(store, id);
  const asked = row.view.endedAt === undefined && row.startedAt !== undefined;
  const live = asked ? await releases.view(id) : undefined;
  return withRuns(live ?? row.view, await store.runs(id), await store.served());
}
