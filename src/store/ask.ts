import type { TurnAndNumber } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import type { BeginRunInput, RunKey, SlotWait } from '../release/steps.js';
import type { Standing } from '../release/turns.js';
import { beside, notifying, type Tx } from './database.js';
import { fieldsOf, idOf } from './run-keys.js';
import { runs } from './schema.js';
import { askForSlot, withdraw } from './slots.js';
import { change, changesOf, turn, type Instance } from './turns.js';

/** For a new key: converged at once, or the turn, and with it the next number; `stable` is cleared until that run ends well. */
export async function askForTurn(tx: Tx, instance: Instance, input: BeginRunInput): Promise<TurnAndNumber> {
  const { key, releaseDigest, rerun } = input;
  const { stableDigest, stableSince, holder } = instance;
  const { release } = key;
  const free = holder === null && release >= instance.newest;
  if (!rerun && free && stableDigest === releaseDigest && stableSince) {
    // Entering tells those that wait at a gate here that a newer release is through.
    await turn(tx, instance, { type: 'entered', release });
    await turn(tx, instance, { type: 'withdrawn', release });
    await withdraw(tx, key);
    return { outcome: 'converged', since: stableSince.toISOString() };
  }
  const slots = free || holder === release ? await slotFor(tx, instance, input) : undefined;
  if (slots) return { outcome: 'queued', slots };
  const standing = await turn(tx, instance, { type: 'asked', release });
  return standing.standing === 'granted' ? allot(tx, instance, input) : refused(tx, key, standing);
}

/** Whoever gets no turn needs no slot. */
async function refused(tx: Tx, key: RunKey, standing: Standing): Promise<TurnAndNumber> {
  await withdraw(tx, key);
  const { application, service } = key;
  if (standing.standing === 'replaced')
    return { outcome: 'replaced', by: releaseId(application, service, standing.by) };
  if (standing.standing === 'queued')
    return { outcome: 'queued', behind: releaseId(application, service, standing.behind) };
  throw new Error(`a turn that is neither granted nor refused: ${standing.standing}`);
}

/** Whoever waits for a slot holds no turn: a newer release may take its place. */
async function slotFor(
  tx: Tx,
  instance: Instance,
  { key, runtime, maxConcurrency: max }: BeginRunInput,
): Promise<SlotWait | undefined> {
  if (max === undefined) return undefined;
  await turn(tx, instance, { type: 'entered', release: key.release });
  return askForSlot(tx, key, { runtime, max });
}

async function allot(
  tx: Tx,
  instance: Instance,
  { key, cluster, runtime, maxConcurrency }: BeginRunInput,
): Promise<TurnAndNumber> {
  const run = instance.lastRun + 1;
  change(instance, { lastRun: run, stableRelease: null, stableVersion: null, stableDigest: null, stableSince: null });
  const slotOf = maxConcurrency === undefined ? null : runtime;
  const [row] = await beside(tx, ...changesOf(tx, [instance]))
    .insert(runs)
    .values({ ...fieldsOf(key), run, cluster, slotOf, state: 'open' })
    .returning({ allottedAt: runs.allottedAt, told: notifying({ release: idOf(key) }) });
  if (!row) throw new Error(`run of ${idOf(key)} was not stored`);
  return { outcome: 'granted', run, allottedAt: row.allottedAt.toISOString() };
}
