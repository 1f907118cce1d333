import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { RunStore, TurnAndNumber } from '../activities/ports.js';
import type { ErrorCode } from '../release/codes.js';
import { given } from '../release/given.js';
import { releaseId } from '../release/ids.js';
import type { BeginRunInput, FinishRunInput, RunKey } from '../release/steps.js';
import type { RunRow } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { writeProjection } from './projections.js';
import { instances, runs } from './schema.js';
import { changeInstance, lockInstance, turn, type Instance } from './turns.js';

type Row = typeof runs.$inferSelect;

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

const fieldsOf = ({ application, service, channel, release, attempt, command, ordinal }: RunKey) => ({
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
} => ({
  takeTurn: (input) =>
    db.write(async (tx) => {
      const instance = await lockInstance(tx, input.key);
      const [row] = await tx.select().from(runs).where(byKey(input.key));
      return row ? known(row) : ask(tx, instance, input);
    }),

  recordJob: ({ key, namespace, name, uid }) =>
    db.write(async (tx) => {
      await tx.update(runs).set({ namespace, name, uid }).where(byKey(key));
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
      const mine = and(
        sql`${runs.application} || '/' || ${runs.service} || '/' || ${runs.release} = ${id}`,
        isNotNull(runs.run),
        channel === undefined ? undefined : eq(runs.channel, channel),
      );
      return (await read.select().from(runs).where(mine).orderBy(runs.id)).map(runRow);
    }),
});

function known(row: Row): TurnAndNumber {
  if (row.state === 'ended' && row.run !== null) return { outcome: 'ended', run: row.run, ...outcome(row) };
  if (row.closed || row.run === null) return { outcome: 'closed' };
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
async function ask(tx: Tx, instance: Instance, { key, releaseDigest, rerun }: BeginRunInput): Promise<TurnAndNumber> {
  const { stableDigest, stableSince, holder } = instance;
  if (!rerun && stableDigest === releaseDigest && stableSince && holder === null && key.release >= instance.newest) {
    await turn(tx, instance, { type: 'withdrawn', release: key.release });
    return { outcome: 'converged', since: stableSince.toISOString() };
  }
  const standing = await turn(tx, instance, { type: 'asked', release: key.release });
  if (standing.standing === 'replaced') return { outcome: 'replaced', by: idOf({ ...key, release: standing.by }) };
  if (standing.standing === 'queued') return { outcome: 'queued', behind: idOf({ ...key, release: standing.behind }) };
  const run = instance.lastRun + 1;
  const unstable = { stableRelease: null, stableVersion: null, stableDigest: null, stableSince: null };
  await changeInstance(tx, instance, { lastRun: run, ...unstable });
  const [row] = await tx
    .insert(runs)
    .values({ ...fieldsOf(key), run, state: 'open' })
    .returning();
  if (!row) throw new Error(`run of ${idOf(key)} was not stored`);
  await notify(tx, { release: idOf(key) });
  return { outcome: 'granted', run, allottedAt: row.allottedAt.toISOString() };
}

/** Acts once: on the change open → ended of its own row, by the release that holds the turn; else it answers what is recorded. */
async function finish(tx: Tx, input: FinishRunInput): Promise<{ endedAt: string }> {
  const { of, view, key, outcome: ending } = input;
  const instance = await lockInstance(tx, of);
  const holds = instance.holder === of.release;
  const ended = key && ending ? await endRow(tx, key, ending) : { fresh: true, endedAt: new Date() };
  if (ended.fresh && holds && input.stable)
    await makeStable(tx, instance, { ...input.stable, release: of.release, since: ended.endedAt });
  if (input.turn === 'free') await turn(tx, instance, { type: holds ? 'freed' : 'withdrawn', release: of.release });
  await writeProjection(tx, view);
  return { endedAt: ended.endedAt.toISOString() };
}

async function makeStable(
  tx: Tx,
  instance: Instance,
  at: { digest: string; version: string; release: number; since: Date },
): Promise<void> {
  const { digest, version, release, since } = at;
  await changeInstance(tx, instance, {
    stableRelease: release,
    stableVersion: version,
    stableDigest: digest,
    stableSince: since,
  });
}

async function endRow(
  tx: Tx,
  key: RunKey,
  { code, end }: NonNullable<FinishRunInput['outcome']>,
): Promise<{ fresh: boolean; endedAt: Date }> {
  const [ended] = await tx
    .update(runs)
    .set({ state: 'ended', code, end: end ?? null, endedAt: sql`now()` })
    .where(and(byKey(key), eq(runs.state, 'open')))
    .returning();
  if (ended?.endedAt) return { fresh: true, endedAt: ended.endedAt };
  const [before] = await tx.select().from(runs).where(byKey(key));
  return { fresh: false, endedAt: before?.endedAt ?? new Date() };
}

const runRow = (row: Row): RunRow =>
  given({
    channel: row.channel,
    run: row.run ?? 0,
    command: row.command,
    attempt: row.attempt,
    state: row.state,
    code: (row.code ?? undefined) as RunRow['code'],
    namespace: row.namespace ?? undefined,
    name: row.name ?? undefined,
    uid: row.uid ?? undefined,
    allottedAt: row.allottedAt.toISOString(),
    endedAt: row.endedAt?.toISOString(),
    end: row.end ?? undefined,
    logBytes: row.logBytes,
    waiting: row.state === 'open' ? row.progress?.waiting : undefined,
  });

/** What is stable in an instance now; for tests and the console. */
export const stableOf = (db: Database) => (application: string, service: string, channel: string) =>
  db.read(async (read) => {
    const mine = and(
      eq(instances.application, application),
      eq(instances.service, service),
      eq(instances.channel, channel),
    );
    const [row] = await read.select().from(instances).where(mine);
    return row;
  });
