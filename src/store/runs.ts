import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { RunStore, TurnAndNumber } from '../activities/ports.js';
import type { ErrorCode } from '../release/codes.js';
import { given } from '../release/given.js';
import { parseReleaseId, releaseId } from '../release/ids.js';
import type { BeginRunInput, FinishRunInput, RunKey } from '../release/steps.js';
import type { RunRow } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { writeProjection } from './projections.js';
import { runs } from './schema.js';
import { makeStable } from './stable.js';
import { changeInstance, lockInstance, turn, type Instance } from './turns.js';

type Row = typeof runs.$inferSelect;
/** The column of the command is text. */
type KeyFields = Omit<RunKey, 'command'> & { command: string };

/** A run that has a number and has not ended. */
export const isOpen = and(eq(runs.state, 'open'), isNotNull(runs.run));

/** The one row of a run key. */
export const byKey = (key: RunKey) =>
  and(
    eq(runs.application, key.application),
    eq(runs.service, key.service),
    eq(runs.channel, key.channel),
    eq(runs.release, key.release),
    eq(runs.attempt, key.attempt),
    eq(runs.command, key.command),
    eq(runs.ordinal, key.ordinal),
  );

/** The key alone, of a row or of what carries one. */
export const fieldsOf = ({
  application,
  service,
  channel,
  release,
  attempt,
  command,
  ordinal,
}: KeyFields): KeyFields => ({
  application,
  service,
  channel,
  release,
  attempt,
  command,
  ordinal,
});

const idOf = (key: { application: string; service: string; release: number }): string =>
  releaseId(key.application, key.service, key.release);

/** Turn, run number, outcome: docs/architecture.md, turn and run, point by point. */
export const runQueries = (
  db: Database,
): Pick<RunStore, 'takeTurn' | 'recordJob' | 'recordProgress' | 'closeRun' | 'finish'> & {
  runs(id: string, channel?: string): Promise<RunRow[]>;
  openRuns(): Promise<RunRow[]>;
} => ({
  takeTurn: (input) =>
    db.write(async (tx) => {
      const instance = await lockInstance(tx, input.key);
      const [row] = await tx.select().from(runs).where(byKey(input.key));
      return row ? known(row, instance) : ask(tx, instance, input);
    }),

  recordJob: ({ key, namespace, name, uid }) =>
    db.write(async (tx) => {
      await tx.update(runs).set({ namespace, name, uid, progress: null }).where(byKey(key));
      await notify(tx, { release: idOf(key) });
    }),

  recordProgress: (key, progress) =>
    db.write(async (tx) => {
      await tx.update(runs).set({ progress }).where(byKey(key));
      await notify(tx, { release: idOf(key) });
    }),

  closeRun: (key) =>
    db.write(async (tx) => {
      await lockInstance(tx, key);
      await tx
        .insert(runs)
        .values({ ...fieldsOf(key), state: 'open', closed: true })
        .onConflictDoNothing();
      const [row] = await tx.update(runs).set({ closed: true }).where(byKey(key)).returning();
      if (!row) throw new Error(`run of ${idOf(key)} vanished`);
      return given({ run: row.run ?? undefined, ended: row.state === 'ended' ? outcome(row) : undefined });
    }),

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

const outcome = (row: Row) =>
  given({ code: (row.code ?? 'INTERNAL') as ErrorCode | 'SUCCEEDED', end: row.end ?? undefined });

/** A new key: converged at once, or the turn, and with it the next number; `stable` is cleared until that run ends well. */
async function ask(
  tx: Tx,
  instance: Instance,
  { key, releaseDigest, rerun, cluster }: BeginRunInput,
): Promise<TurnAndNumber> {
  const { stableDigest, stableSince, holder } = instance;
  const { release } = key;
  const free = holder === null && release >= instance.newest;
  if (!rerun && free && stableDigest === releaseDigest && stableSince) {
    // Entering tells those that wait at a gate here that a newer release is through.
    await turn(tx, instance, { type: 'entered', release });
    await turn(tx, instance, { type: 'withdrawn', release });
    return { outcome: 'converged', since: stableSince.toISOString() };
  }
  const standing = await turn(tx, instance, { type: 'asked', release });
  if (standing.standing === 'replaced') return { outcome: 'replaced', by: idOf({ ...key, release: standing.by }) };
  if (standing.standing === 'queued') return { outcome: 'queued', behind: idOf({ ...key, release: standing.behind }) };
  const run = instance.lastRun + 1;
  const unstable = { stableRelease: null, stableVersion: null, stableDigest: null, stableSince: null };
  await changeInstance(tx, instance, { lastRun: run, ...unstable });
  const [row] = await tx
    .insert(runs)
    .values({ ...fieldsOf(key), run, cluster, state: 'open' })
    .returning();
  if (!row) throw new Error(`run of ${idOf(key)} was not stored`);
  await notify(tx, { release: idOf(key) });
  return { outcome: 'granted', run, allottedAt: row.allottedAt.toISOString() };
}

/**
 * Acts once: on the change open → ended of its own row, or, without a run, while no run of the release is open here. Else
 * it answers what is recorded, and changes no turn.
 */
async function finish(tx: Tx, input: FinishRunInput): Promise<{ endedAt: string }> {
  const { of, view, key, outcome: ending, stable } = input;
  const instance = await lockInstance(tx, of);
  const holds = instance.holder === of.release;
  const { acts, endedAt } = key && ending ? await endRow(tx, key, ending) : await withoutRun(tx, of);
  if (acts && holds && stable) await makeStable(tx, instance, { ...stable, release: of.release, since: endedAt });
  if (acts && input.turn === 'free')
    await turn(tx, instance, { type: holds ? 'freed' : 'withdrawn', release: of.release });
  await writeProjection(tx, view);
  return { endedAt: endedAt.toISOString() };
}

/** A turn is freed only with proof that no Job is left: not while a run of the release is open. */
async function withoutRun(tx: Tx, of: FinishRunInput['of']): Promise<{ acts: boolean; endedAt: Date }> {
  const open = await openRunsOf(tx, of);
  const { rows } = await tx.execute<{ at: Date }>(sql`SELECT now() AS at`);
  return { acts: open === 0, endedAt: new Date(rows[0]?.at ?? Number.NaN) };
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
  { code, end }: NonNullable<FinishRunInput['outcome']>,
): Promise<{ acts: boolean; endedAt: Date }> {
  const ended = { state: 'ended' as const, code, end: end ?? null, endedAt: sql`now()` };
  const stored = await tx
    .insert(runs)
    .values({ ...fieldsOf(key), ...ended })
    .onConflictDoNothing()
    .returning();
  const open = and(byKey(key), eq(runs.state, 'open'));
  const [now] = stored.length > 0 ? stored : await tx.update(runs).set(ended).where(open).returning();
  if (now?.endedAt) return { acts: true, endedAt: now.endedAt };
  const [before] = await tx.select().from(runs).where(byKey(key));
  if (!before?.endedAt) throw new Error(`a run of ${idOf(key)} vanished`);
  return { acts: false, endedAt: before.endedAt };
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
    waiting: row.state === 'open' ? row.progress?.waiting : undefined,
    code: orAbsent(row.code) as RunRow['code'],
    cluster: orAbsent(row.cluster),
    namespace: orAbsent(row.namespace),
    name: orAbsent(row.name),
    uid: orAbsent(row.uid),
    end: orAbsent(row.end),
  });

const orAbsent = <T>(value: T | null): T | undefined => value ?? undefined;
