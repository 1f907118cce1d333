import type { ReleasePlan } from '../release/plan.js';
import { requestMessage } from '../release/request-message.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerContext } from './context.js';
import type { FirstSignal, ReleaseRow } from './ports.js';
import { sendRequest } from './decide.js';
import { planOf, sourcesOf } from './sources.js';

type Context = Pick<ServerContext, 'store' | 'releases' | 'log'>;

interface Stored {
  release: ReleaseRow;
  plan: ReleasePlan;
}

interface Begun {
  /** Under another number, when its own belonged to another release. */
  release: ReleaseRow;
  started: boolean;
  /** What the person who asked should know. */
  remarks: string[];
}

/** Each is a few milliseconds; what is left is for the dispatcher's next round. */
const numbersAtOnce = 50;

/**
 * Starts the workflow of a stored release. A Temporal that does not answer delays it. A number that another release has there,
 * since the database is older than Temporal, is burned, and the next one tried (docs/architecture.md, turn and run). Safe to
 * repeat. What was asked of the release before it started is sent; of one that `isNew` nobody knew.
 */
export async function startStored(
  context: Context,
  { isNew = false, ...stored }: Stored & { isNew?: boolean },
): Promise<Begun> {
  let at: Stored = stored;
  const begun = (started: boolean, ...remarks: string[]): Begun => ({ release: at.release, started, remarks });
  for (let burned = 0; burned < numbersAtOnce; burned++) {
    const answer = await tryStart(context, at, isNew && burned === 0);
    if (answer.delayed !== undefined) return begun(false, answer.delayed);
    if (!answer.other) {
      await sayStarted(context, at);
      return burned === 0 ? begun(true) : begun(true, movedText(stored, at));
    }
    if (burned === 0) await doubt(context, at);
    const next = await renumber(context, at);
    if (!next) return begun(false, `${at.release.id} is being started under another number`);
    at = next;
  }
  return begun(false, `the numbers up to ${at.release.number} belong to other releases; the next ones are tried soon`);
}

async function tryStart(
  { store, releases }: Context,
  { release, plan }: Stored,
  isNew: boolean,
): Promise<{ other?: boolean; delayed?: string }> {
  const first = isNew ? undefined : await cancelOf(store, release.id);
  try {
    return { other: (await releases.start(release, plan, first)) === 'other' };
  } catch (error) {
    if (!(error instanceof TowpathError) || error.code !== 'NOT_RUNNING') throw error;
    return { delayed: `${error.message}: the release is stored, and starts when it does` };
  }
}

/** A release that was cancelled before it could start hears that first, and runs nothing. */
async function cancelOf(store: Context['store'], id: string): Promise<FirstSignal | undefined> {
  const cancel = (await store.openRequestsOf(id)).find(({ kind }) => kind === 'cancel');
  return cancel && requestMessage(cancel);
}

/**
 * Whatever was asked of it before this is sent at once, the cancel first: what comes after it is refused. What nobody answers
 * is left to the dispatcher, like what fails here: the release has started.
 */
async function sayStarted({ store, releases, log }: Context, { release: { id } }: Stored): Promise<void> {
  const open = (await store.markStarted(id)) ? await store.openRequestsOf(id) : [];
  for (const request of open.toSorted((a, b) => Number(b.kind === 'cancel') - Number(a.kind === 'cancel')))
    try {
      const { outcome } = await sendRequest({ store, releases }, request);
      if (outcome === 'later') return;
    } catch (error) {
      log.warn({ err: error, request: request.id }, 'a request is sent later');
      return;
    }
}

/** What Temporal knows and the database does not may have run, too. */
async function doubt({ store, log }: Context, { release: { id } }: Stored): Promise<void> {
  const epoch = await store.beginEpoch(`Temporal has another release under the id ${id}`);
  log.warn({ release: id, epoch }, 'the database is older than Temporal: a number of a release is burned');
}

/** The plan is made again only where it holds the number, in a template that names the release. */
async function renumber({ store }: Context, { release, plan }: Stored): Promise<Stored | undefined> {
  if (!JSON.stringify(plan).includes(release.id)) return store.renumber(release.id, () => plan);
  const { sources, fixed } = await sourcesOf(store, {
    service: `${release.application}/${release.service}`,
    version: `v${release.version}`,
    channels: plan.channels.map(({ name }) => name),
  });
  const previous = fixed?.values;
  return store.renumber(release.id, (number) =>
    planOf({ ...sources, ...(previous ? { previous } : {}) }, { version: release.version, release: number }),
  );
}

const movedText = ({ release }: Stored, { release: now }: Stored): string =>
  `number ${release.number} belongs to another release in Temporal, as after a restored database: this one is ${now.number}`;
