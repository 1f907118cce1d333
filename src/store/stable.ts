import { and, eq, type SQLWrapper } from 'drizzle-orm';
import { releaseId, releaseWorkflowId } from '../release/ids.js';
import type { ProjectAnswer } from '../release/steps.js';
import type { ReleaseView } from '../release/view.js';
import type { Tx } from './database.js';
import { stableWaiters } from './schema.js';
import { isGiven, statement } from './statement.js';
import { addSignal, change, type Instance } from './turns.js';

type Stable = ProjectAnswer['stable'][number];

const waitersOf = statement('stable_waiters', (db) => {
  const { release, application, service, channel, digest } = stableWaiters;
  const mine = and(isGiven(application), isGiven(service), isGiven(channel), isGiven(digest));
  return db.select({ release }).from(stableWaiters).where(mine);
});

/** Makes an instance stable, and tells the releases that wait for this content there without taking the channel themselves: they look, and read it here. */
export async function makeStable(
  tx: Tx,
  instance: Instance,
  at: { digest: string; version: string; release: number; since: Date },
): Promise<void> {
  const { application, service, channel } = instance;
  change(instance, {
    stableRelease: at.release,
    stableVersion: at.version,
    stableDigest: at.digest,
    stableSince: at.since,
  });
  const waiting = await waitersOf(tx, { application, service, channel, digest: at.digest });
  for (const { release } of waiting)
    await addSignal(tx, { workflowId: releaseWorkflowId(release), message: 'turnChanged', payload: null });
}

/**
 * Reads what is stable in channels that the release does not take itself, and registers it as a waiter for the others: one
 * transaction with the instances locked, so that no change falls between (docs/architecture.md, turn and run, 7).
 */
export async function watchStable(
  tx: Tx,
  { application, service, digest, id: release }: ReleaseView,
  instances: ReadonlyMap<string, Instance>,
  watched: readonly string[],
): Promise<Stable[]> {
  const found: Stable[] = [];
  for (const channel of watched) {
    const { stableDigest = null, stableRelease = null } = instances.get(channel) ?? {};
    if (stableDigest === digest && stableRelease !== null)
      found.push({ channel, by: releaseId(application, service, stableRelease) });
    else
      await tx.insert(stableWaiters).values({ release, application, service, channel, digest }).onConflictDoNothing();
  }
  return found;
}

/** A release that is over waits for nothing. */
export const forgetStable = (tx: Tx, release: string): SQLWrapper =>
  tx.delete(stableWaiters).where(eq(stableWaiters.release, release));
