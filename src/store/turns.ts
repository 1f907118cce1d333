import { isDeepStrictEqual } from 'node:util';
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { releaseId, releaseWorkflowId } from '../release/ids.js';
import type { StepOf } from '../release/steps.js';
import { turns, type Standing, type TurnEvent } from '../release/turns.js';
import type { OutboxRow } from '../server/ports.js';
import { notify, type Tx } from './database.js';
import { installation, instances, outbox } from './schema.js';
import { isGiven, statement } from './statement.js';

type Row = typeof instances.$inferSelect;

/** The row of an instance that this transaction has locked: changed in memory, and stored once with all that was changed. */
export interface Instance extends Row {
  /** The epoch of the installation. */
  currentEpoch: number;
  /** The row as the database has it. */
  stored: Row;
}

type InstanceOf = Pick<StepOf, 'application' | 'service' | 'channel'>;

const thisOne = ({ application, service, channel }: InstanceOf) =>
  and(eq(instances.application, application), eq(instances.service, service), eq(instances.channel, channel));

/**
 * Locks the instance's row until the transaction ends, making it first if need be, and stores what the work has changed of
 * it. Everything about turns starts here.
 */
export async function inInstance<T>(tx: Tx, of: InstanceOf, work: (instance: Instance) => Promise<T>): Promise<T> {
  const instance = await lockInstance(tx, of);
  const answer = await work(instance);
  for (const change of changesOf(tx, [instance])) await change;
  return answer;
}

/** The same for channels of a service: they are locked in the order of their names, so that two transactions never wait for each other. */
export async function inInstances<T>(
  tx: Tx,
  { application, service, channels }: Omit<InstanceOf, 'channel'> & { channels: readonly string[] },
  work: (instances: ReadonlyMap<string, Instance>) => Promise<T>,
): Promise<T> {
  const locked = new Map<string, Instance>();
  for (const channel of [...new Set(channels)].sort())
    locked.set(channel, await lockInstance(tx, { application, service, channel }));
  const answer = await work(locked);
  for (const change of changesOf(tx, [...locked.values()])) await change;
  return answer;
}

/** Writes what was changed and is not stored yet; for who has another statement to make them beside. */
export const changesOf = (tx: Tx, changed: readonly Instance[]) =>
  changed.flatMap((instance) => {
    const { stored } = instance;
    const names = (Object.keys(stored) as (keyof Row)[]).filter(
      (name) => !isDeepStrictEqual(instance[name], stored[name]),
    );
    if (names.length === 0) return [];
    const fields: Partial<Row> = Object.fromEntries(names.map((name) => [name, instance[name]]));
    instance.stored = { ...stored, ...fields };
    return [tx.update(instances).set(fields).where(thisOne(instance))];
  });

async function lockInstance(tx: Tx, of: InstanceOf): Promise<Instance> {
  const known = await locked(tx, of);
  if (known) return known;
  const { application, service, channel } = of;
  await tx.insert(instances).values({ application, service, channel }).onConflictDoNothing();
  const made = await locked(tx, of);
  if (!made) throw new Error(`instance ${application}/${service}/${channel} vanished`);
  return made;
}

const lockedRow = statement('lock_instance', (db) => {
  const currentEpoch = sql<number>`(SELECT ${installation.epoch} FROM ${installation})`;
  const mine = and(isGiven(instances.application), isGiven(instances.service), isGiven(instances.channel));
  return db
    .select({ stored: getTableColumns(instances), currentEpoch })
    .from(instances)
    .where(mine)
    .for('update');
});

async function locked(tx: Tx, { application, service, channel }: InstanceOf): Promise<Instance | undefined> {
  const [row] = await lockedRow(tx, { application, service, channel });
  return row && { ...row.stored, ...row };
}

/** Applies one event of the pure rules to a locked instance, and puts the signals that follow into the outbox. */
export async function turn(tx: Tx, instance: Instance, event: TurnEvent): Promise<Standing> {
  const { application, service, holder, entrants, newest } = instance;
  const answer = turns({ holder, entrants, newest }, event);
  Object.assign(instance, answer.state);
  for (const release of answer.signals)
    await addSignal(tx, {
      workflowId: releaseWorkflowId(releaseId(application, service, release)),
      message: 'turnChanged',
      payload: null,
    });
  return answer.standing;
}

/** Changes other columns of a locked instance. */
export function change(instance: Instance, fields: Partial<Row>): void {
  Object.assign(instance, fields);
}

/** Tells all that have entered to look. */
export async function tellEntrants(tx: Tx, { application, service, entrants }: Instance): Promise<void> {
  for (const { release } of entrants) {
    const workflowId = releaseWorkflowId(releaseId(application, service, release));
    await addSignal(tx, { workflowId, message: 'turnChanged', payload: null });
  }
}

/** A signal that follows from this transaction: sent after it, swept until it is acknowledged. */
export async function addSignal(tx: Tx, signal: Omit<OutboxRow, 'id'>): Promise<void> {
  await tx.insert(outbox).values(signal);
  await notify(tx, { outbox: true });
}
