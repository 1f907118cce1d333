import { openStore } from '../../src/store/open.js';
import { runSql, startPostgres } from '../real/postgres.js';
import { describeRunStore, type SeenInstance, type TestStore } from './run-store-contract.js';
import { startOf } from './stored.js';

async function realStore(): Promise<TestStore> {
  const postgres = await startPostgres();
  const store = await openStore({ databaseUrl: postgres.databaseUrl });
  return {
    store,
    async instance({ service, channel }) {
      const sql = 'SELECT * FROM instances WHERE service = $1 AND channel = $2';
      const [row = {}] = await runSql(postgres.databaseUrl, sql, [service, channel]);
      const { holder, entrants, last_run: lastRun, stable_release: release, stable_digest: digest } = row;
      return { holder, entrants, lastRun, stable: release === null ? null : { release, digest } } as SeenInstance;
    },
    async signalled(service, message) {
      const prefix = `release/my-app/${service}/`;
      const sql = `SELECT workflow_id FROM outbox WHERE workflow_id LIKE $1 AND message = $2 ORDER BY id`;
      const rows = await runSql(postgres.databaseUrl, sql, [`${prefix}%`, message]);
      return rows.map((row) => Number(String(row['workflow_id']).slice(prefix.length)));
    },
    createRelease: async (service) => (await store.createRelease(startOf(service))).release.number,
    async giveTurnTo({ service, channel }, release) {
      const sql = 'UPDATE instances SET holder = $3 WHERE service = $1 AND channel = $2';
      await runSql(postgres.databaseUrl, sql, [service, channel, release]);
    },
    view: async (id) => (await store.release(id))?.view,
    async addRequest(id, release) {
      const what = { kind: 'decide', channel: 'production', gate: 'approval', decision: 'approve' } as const;
      await store.addRequest({ id, release, ...what, by: 'ann', releaseDigest: 'd' });
    },
    requestOutcome: (id) => store.requestOutcome(id),
    async beginEpoch() {
      await store.beginEpoch('a test');
    },
    async stop() {
      await store.close();
      await postgres.stop();
    },
  };
}

describeRunStore(realStore);
