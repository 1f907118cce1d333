import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { LeftBehind, OpenRelease, ReconcilerStore } from '../activities/ports.js';
import { abandoned } from '../release/abandon.js';
import { given } from '../release/given.js';
import type { CloseReleaseInput } from '../release/reconciling.js';
import type { RunKey } from '../release/steps.js';
import type { ServerStore } from '../server/ports.js';
import type { Database, Tx } from './database.js';
import { writeProjection } from './projections.js';
import { fieldsOf } from './run-keys.js';
import { endRow, isOpen, openRunsOf } from './runs.js';
import { installation, releases, runs } from './schema.js';
import { lockHeldSlots, withdraw } from './slots.js';
import { makeStable } from './stable.js';
import { inInstances, turn, type Instance } from './turns.js';

/** What the reconciler asks of the store (docs/architecture.md, turn and run). */
export const reconcilerQueries = (
  db: Database,
): Pick<ReconcilerStore, 'knownNamespace' | 'openReleases' | 'leftBehind' | 'closeRelease'> &
  Pick<ServerStore, 'adoptNamespace'> => ({
  knownNamespace: (now) =>
    db.write(async (tx) => {
      await tx
        .update(installation)
        .set({ temporalNamespace: now })
        .where(sql`${installation.temporalNamespace} IS NULL`);
      const [row] = await tx.select().from(installation);
      return { stored: row?.temporalNamespace ?? now, now };
    }),
  adoptNamespace: (id) =>
    db.write(async (tx) => {
      await tx.update(installation).set({ temporalNamespace: id });
    }),
  openReleases: () => db.read((read) => openReleases(read)),
  leftBehind: (release) => db.read((read) => leftBehind(read, release)),
  closeRelease: (input) => db.write((tx) => closeRelease(tx, input)),
});

type Read = Parameters<Parameters<Database['read']>[0]>[0];

/**
 * Not ended as they are shown; or with a run that was begun behind the back of the last view. Each half has an index: this is
 * asked every minute, and all views together may be large.
 */
const openIds = sql`(
  SELECT id FROM ${releases} WHERE view->>'endedAt' IS NULL
  UNION SELECT application || '/' || service || '/' || release FROM ${runs} WHERE ${isOpen})`;

function openReleases(read: Read): Promise<OpenRelease[]> {
  const startedMsAgo = sql<number>`(extract(epoch FROM now() - ${releases.startedAt}) * 1000)::float8`;
  return read
    .select({ id: releases.id, startedMsAgo })
    .from(releases)
    .where(and(isNotNull(releases.startedAt), inArray(releases.id, openIds)))
    .orderBy(releases.createdAt);
}

async function leftBehind(read: Read, id: string): Promise<LeftBehind> {
  const [row] = await read.select().from(releases).where(eq(releases.id, id));
  if (!row) throw new Error(`release ${id} vanished`);
  const { application, service, number, plan } = row;
  const mine = and(eq(runs.application, application), eq(runs.service, service), eq(runs.release, number));
  const open = await read.select().from(runs).where(and(mine, isOpen));
  return { plan, runs: open.map(openRun) };
}

const openRun = (row: typeof runs.$inferSelect): LeftBehind['runs'][number] =>
  given({
    key: { ...fieldsOf(row), command: row.command as RunKey['command'] },
    number: row.run ?? 0,
    cluster: row.cluster ?? '',
    allottedAt: row.allottedAt.toISOString(),
    namespace: row.namespace ?? undefined,
    name: row.name ?? undefined,
    uid: row.uid ?? undefined,
  });

/**
 * Ends what a release has in the store: runs, turns, places, waiters, the view. A turn is freed only when no run of the
 * release is open there any more. Acts once: of a release that has ended only what it has left is ended.
 */
async function closeRelease(tx: Tx, { release, why, runs: ended }: CloseReleaseInput): Promise<void> {
  const [row] = await tx.select().from(releases).where(eq(releases.id, release));
  if (!row || (row.view.endedAt !== undefined && ended.length === 0)) return;
  await closeChannels(tx, row, ended);
  if (row.view.endedAt !== undefined) return;
  const { rows } = await tx.execute<{ at: Date }>(sql`SELECT now() AS at`);
  const at = new Date(rows[0]?.at ?? Number.NaN).toISOString();
  const left = ended.map(({ key, answer }) => ({ channel: key.channel, ...answer }));
  await writeProjection(tx, abandoned({ ...row.view, sequence: row.sequence }, { why, at, runs: left }));
}

type Row = typeof releases.$inferSelect;

/** All instances are locked first, then all slots: who holds one of the last may wait for one of the first (docs/architecture.md, turn and run, 11). */
async function closeChannels(tx: Tx, row: Row, ended: CloseReleaseInput['runs']): Promise<void> {
  const { application, service, number: release, plan } = row;
  const channels = plan.channels.map(({ name }) => name);
  await inInstances(tx, { application, service, channels }, async (instances) => {
    await lockHeldSlots(tx, { application, service, release });
    for (const instance of instances.values())
      await closeChannel(tx, row, { instance, ended: ended.filter(({ key }) => key.channel === instance.channel) });
  });
}

interface Closing {
  instance: Instance;
  ended: CloseReleaseInput['runs'];
}

async function closeChannel(tx: Tx, row: Row, { instance, ended }: Closing): Promise<void> {
  const { application, service, number: release, plan } = row;
  const of = { application, service, channel: instance.channel, release };
  const holds = instance.holder === release;
  for (const { key, answer } of ended) {
    const outcome = answer.ended ?? given({ code: 'WORKFLOW_GONE' as const, end: answer.end });
    const { acts, endedAt: since } = await endRow(tx, key, outcome);
    if (acts && holds && outcome.code === 'SUCCEEDED')
      await makeStable(tx, instance, { digest: plan.digest, version: plan.version.name, release, since });
  }
  if ((await openRunsOf(tx, of)) > 0) throw new Error(`a run of ${application}/${service}/${release} is still open`);
  await turn(tx, instance, { type: holds ? 'freed' : 'withdrawn', release });
  await withdraw(tx, of);
}
