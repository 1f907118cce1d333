import { given } from '../../release/given.js';
import { mainQueue } from '../../release/ids.js';
import { TowpathError } from '../../release/towpath-error.js';
import { AdoptAnswer, RestoredAnswer, StatusAnswer } from '../api/status.js';
import type { ServerContext } from '../context.js';
import { jsonRoute } from '../route.js';

export const statusRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/status',
    subject: 'installation',
    operationId: 'status',
    summary: 'Database, Temporal, workers and clusters: what works',
    answer: StatusAnswer,
    handle: status,
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/temporal/adopt',
    subject: 'installation',
    operationId: 'adoptTemporal',
    summary: 'Takes the present Temporal for the right one',
    description:
      'After its data was lost or another one was connected. Releases that it does not know are then ended by the reconciler.',
    repeat: 'the same Temporal is adopted once.',
    answer: AdoptAnswer,
    async handle({ store, releases }) {
      const namespaceId = await releases.namespaceId();
      await store.adoptNamespace(namespaceId);
      return { namespaceId };
    },
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/store/restored',
    subject: 'installation',
    operationId: 'databaseRestored',
    summary: 'Says that the database was restored from a backup',
    description:
      'Before its next run each instance is compared with the Jobs on its cluster: numbers of runs go on above them, and what is active is waited for.',
    repeat: 'it is said again, and nothing else happens: instances are compared once more.',
    answer: RestoredAnswer,
    handle: restored,
  }),
];

async function restored({ store, releases, log }: ServerContext): Promise<RestoredAnswer> {
  const [workers, running] = [await releases.pollers(mainQueue), await releases.listed()];
  const epoch = await store.beginEpoch('the database was restored, as an operator said');
  const forgotten = await store.unknownReleases(running);
  log.warn({ epoch, forgotten: forgotten.length }, 'the database was restored, as an operator said');
  return { epoch, instances: (await store.standings()).length, workers, forgotten };
}

/** What works, part by part: one that does not answer is said, and fails nothing. */
async function status({ store, releases, version }: ServerContext): Promise<StatusAnswer> {
  const [database, temporal] = await Promise.all([probe(() => answers(store)), probe(() => answers(releases))]);
  return {
    version,
    ...(database.ok ? await stored(store) : { installation: '', clusters: [] }),
    store: database,
    temporal: database.ok && temporal.ok ? await probe(() => known({ store, releases }, temporal)) : temporal,
    workers: temporal.ok ? await releases.pollers(mainQueue) : 0,
  };
}

/** What a database that answers tells. */
async function stored(
  store: ServerContext['store'],
): Promise<Pick<StatusAnswer, 'installation' | 'epoch' | 'poked' | 'clusters'>> {
  const linked = (await store.configs('runtime')).filter(({ document }) => 'kubernetes' in (document as object));
  const [served, unknown, poked] = [await store.served(), await store.unknownJobs(), await store.poked()];
  return given({
    installation: await store.installationId(),
    epoch: await store.epoch(),
    poked: poked.length > 0 ? poked : undefined,
    clusters: linked.map(({ key: name }) =>
      given({ name, workers: 0, ...served.get(name), unknownJobs: unknown.get(name) }),
    ),
  });
}

type Temporal = StatusAnswer['temporal'];

/** A Temporal that works and is not the one that the releases are on is not well. */
async function known(
  { store, releases }: Pick<ServerContext, 'store' | 'releases'>,
  temporal: Temporal,
): Promise<Temporal> {
  const { stored, now } = await store.knownNamespace(await releases.namespaceId());
  if (stored === now) return temporal;
  const detail = 'not the Temporal that the releases were started on: nothing of them is ended or cleaned up';
  return { ok: false, detail, foreign: true };
}

const answers = async (part: {
  ping: () => Promise<{ version: string }>;
}): Promise<{ ok: boolean; detail: string }> => ({
  ok: true,
  detail: (await part.ping()).version,
});

async function probe<T extends Temporal>(ask: () => Promise<T>): Promise<T | { ok: false; detail: string }> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    return { ok: false, detail: `${error.code}: ${error.message}` };
  }
}
