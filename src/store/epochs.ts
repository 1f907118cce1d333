import { inArray, sql } from 'drizzle-orm';
import type { ReconcilerStore, RunStore } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import type { ServerStore } from '../server/ports.js';
import type { Database, Tx } from './database.js';
import { installation, releases } from './schema.js';
import { change, inInstance, turn, type Instance } from './turns.js';
import { unknownOf } from './unknown-jobs.js';

/**
 * What this database is: server, timeline, database, table. A failover, another server and a dump that was restored each have
 * another one. Where the server does not tell its own name, the rest has to do.
 */
const identity = sql`(
  SELECT concat_ws('/',
    CASE WHEN has_function_privilege('pg_control_system()', 'execute')
      THEN (SELECT system_identifier FROM pg_control_system()) END,
    CASE WHEN has_function_privilege('pg_control_checkpoint()', 'execute')
      THEN (SELECT timeline_id FROM pg_control_checkpoint()) END,
    (SELECT oid FROM pg_database WHERE datname = current_database()), 'installation'::regclass::oid))`;

/**
 * Epochs of the store. A new one begins when the database may have forgotten runs, and from then on each instance is compared
 * with the Jobs on its cluster before its next run (docs/architecture.md, turn and run).
 */
export const epochQueries = (
  db: Database,
): Pick<RunStore, 'compareInstance'> &
  Pick<ReconcilerStore, 'noteDatabase'> &
  Pick<ServerStore, 'beginEpoch' | 'epoch' | 'unknownReleases'> => ({
  noteDatabase: () => db.write(noteDatabase),
  beginEpoch: (why) => db.write((tx) => beginEpoch(tx, why)),
  epoch: () =>
    db.read(async (read) => {
      const { epoch: number, epochAt, epochWhy } = installation;
      const [row] = await read.select({ number, epochAt, epochWhy }).from(installation);
      if (!row?.epochAt) return undefined;
      return { number: row.number, at: row.epochAt.toISOString(), why: row.epochWhy ?? '' };
    }),
  unknownReleases: (ids) =>
    db.read(async (read) => {
      const known = await read
        .select({ id: releases.id })
        .from(releases)
        .where(inArray(releases.id, [...ids]));
      const stored = new Set(known.map(({ id }) => id));
      return ids.filter((id) => !stored.has(id));
    }),
  compareInstance: (key, compared) =>
    db.write((tx) => inInstance(tx, key, (instance) => compare(tx, instance, { key, ...compared }))),
});

type Compared = Parameters<RunStore['compareInstance']>[1] & { key: Parameters<RunStore['compareInstance']>[0] };

/** The epoch of an instance is taken for compared only while no run that is not known is active. */
async function compare(
  tx: Tx,
  instance: Instance,
  { key, epoch, jobs }: Compared,
): ReturnType<RunStore['compareInstance']> {
  const unknown = await unknownOf(tx, jobs);
  change(instance, { lastRun: Math.max(instance.lastRun, ...jobs.map(({ of }) => of?.run ?? 0)) });
  const [active] = unknown.filter((job) => job.active);
  if (!active) {
    change(instance, { epoch });
    return undefined;
  }
  const { application, service, release } = key;
  const standing = await turn(tx, instance, { type: 'entered', release });
  const idOf = (number: number): string => releaseId(application, service, number);
  if (standing.standing === 'replaced') return { outcome: 'replaced', by: idOf(standing.by) };
  return { outcome: 'queued', behind: active.of ? idOf(active.of.release) : active.name };
}

/** Answers the epoch that begins with it, when this is another database than the last one that was seen. */
async function noteDatabase(tx: Tx): Promise<number | undefined> {
  const other = sql`${installation.databaseIdentity} IS DISTINCT FROM ${identity}`;
  const [row] = await tx.select({ known: installation.databaseIdentity }).from(installation).where(other).for('update');
  if (!row) return undefined;
  await tx.update(installation).set({ databaseIdentity: identity });
  return row.known === null ? undefined : beginEpoch(tx, 'the database is another one: restored, or failed over');
}

/** Answers its number. */
export async function beginEpoch(tx: Tx, why: string): Promise<number> {
  const next = { epoch: sql`${installation.epoch} + 1`, epochAt: sql`now()`, epochWhy: why };
  const [row] = await tx.update(installation).set(next).returning({ epoch: installation.epoch });
  if (!row) throw new Error('the database has no installation id');
  return row.epoch;
}
