import { and, eq } from 'drizzle-orm';
import { releaseId, releaseWorkflowId } from '../release/ids.js';
import type { StepOf } from '../release/steps.js';
import { turns, type Standing, type TurnEvent } from '../release/turns.js';
import type { OutboxRow } from '../server/ports.js';
import { notify, type Tx } from './database.js';
import { instances, outbox } from './schema.js';

export type Instance = typeof instances.$inferSelect;
type InstanceOf = Pick<StepOf, 'application' | 'service' | 'channel'>;

const thisOne = ({ application, service, channel }: InstanceOf) =>
  and(eq(instances.application, application), eq(instances.service, service), eq(instances.channel, channel));

/** Locks the instance's row until the transaction ends, making it first if need be. Everything about turns starts here. */
export async function lockInstance(tx: Tx, of: InstanceOf): Promise<Instance> {
  const { application, service, channel } = of;
  await tx.insert(instances).values({ application, service, channel }).onConflictDoNothing();
  const [row] = await tx.select().from(instances).where(thisOne(of)).for('update');
  if (!row) throw new Error(`instance ${application}/${service}/${channel} vanished`);
  return row;
}

/** Applies one event of the pure rules to a locked instance, and puts the signals that follow into the outbox. */
export async function turn(tx: Tx, instance: Instance, event: TurnEvent): Promise<Standing> {
  const { application, service } = instance;
  const { holder, entrants, newest } = instance;
  const answer = turns({ holder, entrants, newest }, event);
  Object.assign(instance, answer.state);
  await tx.update(instances).set(answer.state).where(thisOne(instance));
  for (const release of answer.signals)
    await addSignal(tx, {
      workflowId: releaseWorkflowId(releaseId(application, service, release)),
      message: 'turnChanged',
      payload: null,
    });
  return answer.standing;
}

/** Changes other columns of a locked instance. */
export async function changeInstance(tx: Tx, instance: Instance, fields: Partial<Instance>): Promise<void> {
  Object.assign(instance, fields);
  await tx.update(instances).set(fields).where(thisOne(instance));
}

/** A signal that follows from this transaction: sent after it, swept until it is acknowledged. */
export async function addSignal(tx: Tx, signal: Omit<OutboxRow, 'id'>): Promise<void> {
  await tx.insert(outbox).values(signal);
  await notify(tx, { outbox: true });
}
