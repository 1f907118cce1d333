import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { RunStore, TurnAndNumber } from '../activities/ports.js';
import type { ErrorCode } from '../release/codes.js';
import { given } from '../release/given.js';
import { parseReleaseId } from '../release/ids.js';
import type { FinishRunInput, RunKey, RunRef } from '../release/steps.js';
import type { RunRow } from '../server/ports.js';
import type { Database, Tx } from './database.js';
import { toldBy } from './forgotten-runs.js';
import { logDigest } from './log-cap.js';
import { writeProjection } from './projections.js';
import { byGivenKey, byKey, fieldsOf, idOf } from './run-keys.js';
import { runs } from './schema.js';
import { askForTurn } from './ask.js';
import { statement } from './statement.js';
import { slotFreed, withdraw } from './slots.js';
import { makeStable } from './stable.js';
import { change, changesOf, inInstance, tellEntrants, turn, type Instance } from './turns.js';

export type Row = typeof runs.$inferSelect;

/** A run that has a number and has not ended. */
export const isOpen = and(eq(runs.state, 'open'), isNotNull(runs.run));

/** How a run ended. */
export const outcome = (row: Row) =>
  given({ code: (row.code ?? 'INTERNAL') as ErrorCode | 'SUCCEEDED', end: row.end ?? undefined });

const rowOf = statement('run_of_key', (db) => db.select().from(runs).where(byGivenKey));

/** Turn, run number, outcome: docs/architecture.md, turn and run, point by point. */
export const runQueries = (
  db: Database,
): Pick<RunStore, 'takeTurn' | 'closeRun' | 'finish'> & {
  runs(id: string, channel?: string): Promise<RunRow[]>;
  openRuns(): Promise<RunRow[]>;
} => ({
  takeTurn: (input) =>
    db.write((tx) =>
      inInstance(tx, input.key, async (instance) => {
        const [row] = await rowOf(tx, fieldsOf(input.key));
        if (row) return known(row, instance);
        // What the database may have forgotten is looked for on the cluster first.
        if (instance.epoch < instance.currentEpoch) return { outcome: 'unsure', epoch: instance.currentEpoch };
        return askForTurn(tx, instance, input);
      }),
    ),

  closeRun: (key) => db.write((tx) => inInstance(tx, key, () => closeRow(tx, key))),

  finish: (input) => db.write((tx) => finish(tx, input)),

  runs: (id, channel) =>
    db.read(async (read) => {
      const of = parseReleaseId(id);
      if (!of) return [];
      const mine = and(
        eq(runs.application, of.application),
        eq(runs.service, of.service),
        eq(runs.release, of.number),
        isNotNull(runs.run),
        channel === undefined ? undefined : eq(runs.channel, channel),
      );
      return (await read.select().from(runs).where(mine).orderBy(runs.id)).map(runRow);
    }),

  openRuns: () =>
    db.read(async (read) => {
      return (await read.select().from(runs).where(isOpen).orderBy(runs.id).limit(1000)).map(runRow);
    }),
});

/** An open run goes on only while its release holds the turn: else somebody has freed it, with proof that no Job is left. */
function known(row: Row, { holder }: Instance): TurnAndNumber {
  if (row.state === 'ended' && row.run !== null) return { outcome: 'ended', run: row.run, ...outcome(row) };
  if (row.closed || row.run === null || holder !== row.release) return { outcome: 'closed' };
  return given({
    outcome: 'granted' as const,
    run: row.run,
    allottedAt: row.allottedAt.toISOString(),
    uid: row.uid ?? undefined,
  });
}

/** Nothing is created for the key any more, also if nothing was asked for yet. */
async function closeRow(tx: Tx, key: RunKey): ReturnType<RunStore['closeRun']> {
  await tx
    .insert(runs)
    .values({ ...fieldsOf(key), state: 'open', closed: true })
    .onConflictDoNothing();
  const [row] = await tx.update(runs).set({ closed: true }).where(byKey(key)).returning();
  if (!row) throw new Error(`run of ${idOf(key)} vanished`);
  return given({ run: row.run ?? undefined, ended: row.state === 'ended' ? outcome(row) : undefined });
}

/**
 * Acts once: on the change open → ended of its own row, or, without a run, while no run of the release is open here. Else
 * it answers what is recorded, and changes no turn.
 */
async function finish(tx: Tx, input: FinishRunInput): Promise<{ endedAt: string }> {
  const { of, view, key, ref, outcome: ending } = input;
  return inInstance(tx, of, async (instance) => {
    const ended = key && ending ? await endRow(tx, key, { ...ending, ref }) : await withoutRun(tx, of);
    if (ended.acts) await settle(tx, instance, { input, ended });
    await writeProjection(tx, view, ...changesOf(tx, [instance]));
    return { endedAt: ended.endedAt.toISOString() };
  });
}

/** What an end means for the instance. */
async function settle(
  tx: Tx,
  instance: Instance,
  { input: { of, ref, stable, turn: next }, ended }: { input: FinishRunInput; ended: Finished },
): Promise<void> {
  const holds = instance.holder === of.release;
  const last = raisesNumber(instance, ref) || holds;
  if (last && stable) await makeStable(tx, instance, { ...stable, release: of.release, since: ended.endedAt });
  if (next === 'free') await leave(tx, instance, { of, begun: ended.begun });
  // A run without the turn is one that the store has forgotten: those that wait for its end wait for nothing else.
  if (ref && !holds) await tellEntrants(tx, instance);
}

async function leave(
  tx: Tx,
  instance: Instance,
  { of, begun }: { of: FinishRunInput['of']; begun: boolean },
): Promise<void> {
  const { release } = of;
  await turn(tx, instance, { type: instance.holder === release ? 'freed' : 'withdrawn', release });
  // A run that was begun waited for no slot any more.
  if (!begun) await withdraw(tx, of);
}

/** True for a run that the store has forgotten, when nothing has run since: it counts as the last one. */
function raisesNumber(instance: Instance, ref: RunRef | undefined): boolean {
  if (!ref || ref.run <= instance.lastRun) return false;
  change(instance, { lastRun: ref.run });
  return instance.holder === null;
}

interface Finished {
  acts: boolean;
  /** It had a number. */
  begun: boolean;
  endedAt: Date;
}

/** A turn is freed only with proof that no Job is left: not while a run of the release is open. */
async function withoutRun(tx: Tx, of: FinishRunInput['of']): Promise<Finished> {
  const open = await openRunsOf(tx, of);
  const { rows } = await tx.execute<{ at: Date }>(sql`SELECT now() AS at`);
  return { acts: open === 0, begun: false, endedAt: new Date(rows[0]?.at ?? Number.NaN) };
}

/** Runs of a release in a channel that have a number and have not ended. */
export async function openRunsOf(tx: Tx, of: FinishRunInput['of']): Promise<number> {
  const mine = and(
    eq(runs.application, of.application),
    eq(runs.service, of.service),
    eq(runs.channel, of.channel),
    eq(runs.release, of.release),
  );
  const open = await tx.select({ id: runs.id }).from(runs).where(and(mine, isOpen));
  return open.length;
}

/** The change open → ended. A run that the store does not know (restored from a backup) is stored as it ended. */
export async function endRow(
  tx: Tx,
  key: RunKey,
  { code, end, ref }: NonNullable<FinishRunInput['outcome']> & { ref?: RunRef | undefined },
): Promise<Finished> {
  const ended = { state: 'ended' as const, code, end: end ?? null, endedAt: sql`now()` };
  const { inserted, updated } = toldBy(ref);
  const endOpen = async (): Promise<Row | undefined> => {
    const open = and(byKey(key), eq(runs.state, 'open'));
    const change = { ...ended, ...updated, logSha256: logDigest };
    const [row] = await tx.update(runs).set(change).where(open).returning();
    return row;
  };
  const storeEnded = async (): Promise<Row | undefined> => {
    const row = { ...fieldsOf(key), ...ended, ...inserted };
    const [stored] = await tx.insert(runs).values(row).onConflictDoNothing().returning();
    return stored;
  };
  // The log of a forgotten run makes its row without the lock of the instance, perhaps between the two.
  const now = (await endOpen()) ?? (await storeEnded()) ?? (await endOpen());
  if (now?.endedAt) {
    await slotFreed(tx, now.slotOf);
    return { acts: true, begun: now.run !== null, endedAt: now.endedAt };
  }
  const [before] = await tx.select().from(runs).where(byKey(key));
  if (!before?.endedAt) throw new Error(`a run of ${idOf(key)} vanished`);
  return { acts: false, begun: before.run !== null, endedAt: before.endedAt };
}

/** A row for the log of a run that the store has forgotten: the run itself is told when it ends. */
export async function keepForLog(tx: Tx, key: RunKey): Promise<Row> {
  const row = { ...fieldsOf(key), state: 'open' as const };
  await tx.insert(runs).values(row).onConflictDoNothing();
  const [kept] = await tx.select().from(runs).where(byKey(key)).for('update');
  if (!kept) throw new Error('a run that was stored vanished');
  return kept;
}

const runRow = (row: Row): RunRow =>
  given({
    release: idOf(row),
    channel: row.channel,
    run: row.run ?? 0,
    command: row.command,
    attempt: row.attempt,
    state: row.state,
    allottedAt: row.allottedAt.toISOString(),
    endedAt: row.endedAt?.toISOString(),
    logBytes: row.logBytes,
    logSha256: orAbsent(row.logSha256),
    waiting: row.state === 'open' ? row.progress?.waiting : undefined,
    code: orAbsent(row.code) as RunRow['code'],
    cluster: orAbsent(row.cluster),
    namespace: orAbsent(row.namespace),
    name: orAbsent(row.name),
    uid: orAbsent(row.uid),
    end: orAbsent(row.end),
  });

const orAbsent = <T>(value: T | null): T | undefined => value ?? undefined;
