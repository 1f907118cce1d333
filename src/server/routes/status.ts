import { mainQueue } from '../../release/ids.js';
import { TowpathError } from '../../release/towpath-error.js';
import { StatusAnswer } from '../api/status.js';
import type { ServerContext } from '../context.js';
import { jsonRoute } from '../route.js';
import type { ServedCluster } from '../ports.js';

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
];

/** What works, part by part: one that does not answer is said, and fails nothing. */
async function status({ store, releases, version }: ServerContext): Promise<StatusAnswer> {
  const [database, temporal] = await Promise.all([probe(() => store.ping()), probe(() => releases.ping())]);
  const linked = database.ok ? await store.configs('runtime') : [];
  const names = linked.filter(({ document }) => 'kubernetes' in (document as object)).map(({ key }) => key);
  const served = database.ok ? await store.served() : new Map<string, ServedCluster>();
  return {
    version,
    installation: database.ok ? await store.installationId() : '',
    store: database,
    temporal,
    workers: temporal.ok ? await releases.pollers(mainQueue) : 0,
    clusters: names.map((name) => ({ name, workers: 0, ...served.get(name) })),
  };
}

async function probe(ping: () => Promise<{ version: string }>): Promise<{ ok: boolean; detail: string }> {
  try {
    return { ok: true, detail: (await ping()).version };
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    return { ok: false, detail: `${error.code}: ${error.message}` };
  }
}
