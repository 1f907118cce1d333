import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { releaseId, releaseWorkflowId } from '../release/ids.js';
import type { SlotWait, StepOf } from '../release/steps.js';
import type { Tx } from './database.js';
import { runs, slots, slotWaiters } from './schema.js';
import { addSignal } from './turns.js';

/**
 * Slots of a runtime (docs/spec.md §8.5): an open run that has one holds it, in its own row, so that a slot is freed with the
 * proof that its Job has ended, and never apart from it. Whoever waits asks again; the first in the line is told to.
 */

const shownHolders = 3;

/** A waiter asks again after 1 to 15 minutes, twice as late each time: unseen for three times as long, it is passed over. */
const isAlive = sql`now() < ${slotWaiters.seenAt} + 3 * least(
  greatest(${slotWaiters.seenAt} - ${slotWaiters.since} + interval '1 minute', interval '1 minute'), interval '15 minutes')`;

const waiterOf = ({ application, service, channel, release }: StepOf) =>
  and(
    eq(slotWaiters.application, application),
    eq(slotWaiters.service, service),
    eq(slotWaiters.channel, channel),
    eq(slotWaiters.release, release),
  );

/** Who stands in the way of a run, or undefined when a slot is free and it is its turn to take it. The place in the line is kept. */
export async function askForSlot(
  tx: Tx,
  of: StepOf,
  { runtime, max }: { runtime: string; max: number },
): Promise<SlotWait | undefined> {
  await lockSlots(tx, runtime);
  const holders = await holdersOf(tx, runtime);
  const { application, service, channel, release } = of;
  const [mine] = await tx
    .insert(slotWaiters)
    .values({ runtime, application, service, channel, release })
    .onConflictDoUpdate({
      target: [slotWaiters.application, slotWaiters.service, slotWaiters.channel, slotWaiters.release],
      set: { seenAt: sql`now()` },
    })
    .returning();
  const line = await waiting(tx, runtime);
  const before = line.findIndex(({ id }) => id === mine?.id);
  if (holders.length + before < max) {
    await leaveLine(tx, of);
    // Somebody behind may find another free slot.
    if (holders.length + before + 1 < max) await tellFirst(tx, runtime);
    return undefined;
  }
  return { runtime, max, before, holders: holders.slice(0, shownHolders) };
}

/** A release that is over in a channel, or has its slot, waits for none. */
async function leaveLine(tx: Tx, of: StepOf): Promise<void> {
  await tx.delete(slotWaiters).where(waiterOf(of));
}

/** Its place may have been the first: the next one looks. */
export async function withdraw(tx: Tx, of: StepOf): Promise<void> {
  const gone = await tx.delete(slotWaiters).where(waiterOf(of)).returning();
  for (const { runtime } of gone) await tellFirst(tx, runtime);
}

/** After a run that held a slot has ended, in the same transaction. */
export async function slotFreed(tx: Tx, runtime: string | null): Promise<void> {
  if (runtime === null) return;
  await lockSlots(tx, runtime);
  await tellFirst(tx, runtime);
}

/** Those that the runs of a release hold: in one order, for who ends several of them. */
export async function lockHeldSlots(tx: Tx, of: Omit<StepOf, 'channel'>): Promise<void> {
  const mine = and(
    eq(runs.application, of.application),
    eq(runs.service, of.service),
    eq(runs.release, of.release),
    eq(runs.state, 'open'),
  );
  const held = await tx.select({ runtime: runs.slotOf }).from(runs).where(mine);
  const runtimes = held.flatMap(({ runtime }) => (runtime === null ? [] : [runtime]));
  for (const runtime of [...new Set(runtimes)].sort()) await lockSlots(tx, runtime);
}

/** Taken after the lock of an instance, never before one (docs/architecture.md, turn and run). */
async function lockSlots(tx: Tx, runtime: string): Promise<void> {
  await tx.insert(slots).values({ runtime }).onConflictDoNothing();
  await tx.select().from(slots).where(eq(slots.runtime, runtime)).for('update');
}

async function holdersOf(tx: Tx, runtime: string): Promise<SlotWait['holders']> {
  const held = and(eq(runs.slotOf, runtime), eq(runs.state, 'open'), isNotNull(runs.run));
  const { application, service, release, channel, allottedAt } = runs;
  const columns = { application, service, release, channel, allottedAt };
  const rows = await tx.select(columns).from(runs).where(held).orderBy(asc(allottedAt));
  return rows.map((row) => ({
    release: releaseId(row.application, row.service, row.release),
    channel: row.channel,
    since: row.allottedAt.toISOString(),
  }));
}

const waiting = (tx: Tx, runtime: string) =>
  tx
    .select()
    .from(slotWaiters)
    .where(and(eq(slotWaiters.runtime, runtime), isAlive))
    .orderBy(asc(slotWaiters.id));

async function tellFirst(tx: Tx, runtime: string): Promise<void> {
  const [first] = await waiting(tx, runtime);
  if (!first) return;
  const workflowId = releaseWorkflowId(releaseId(first.application, first.service, first.release));
  await addSignal(tx, { workflowId, message: 'turnChanged', payload: null });
}
