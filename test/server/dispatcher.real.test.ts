import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dispatch } from '../../src/server/dispatcher.js';
import { runSql } from '../real/postgres.js';
import { until } from '../real/until.js';
import { beginOf, keyOf, viewOf } from '../store/stored.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
const stopping = new AbortController();
let dispatching: Promise<void>;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
  server.releases.running = false;
  const { store, releases, log } = server.context;
  dispatching = dispatch({ store, releases, log, signal: stopping.signal, logRetention: { succeeded: 1, failed: 1 } });
});
afterAll(async () => {
  stopping.abort();
  await dispatching;
  await server?.close();
});

const older = `now() - interval '1 minute'`;

test('what was stored while Temporal was away is started, decided and signalled once it is back', async () => {
  const { store, releases } = server.context;
  await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
  await server.ask('POST', '/api/v1/releases/my-app/my-service/1/decisions', {
    channel: 'production',
    decision: 'approve',
    requestId: 'r-1',
  });
  await runSql(server.databaseUrl, `UPDATE releases SET created_at = ${older}`);
  await runSql(server.databaseUrl, `UPDATE requests SET created_at = ${older}`);
  const of = { service: 'signals' };
  for (const release of [1, 2, 3]) await store.takeTurn(beginOf(keyOf(of, release)));
  expect(await store.outbox(10)).toMatchObject([{ workflowId: 'release/my-app/signals/2', message: 'turnChanged' }]);
  server.releases.running = true;
  await until(
    'the release is started',
    async () => (await store.release('my-app/my-service/1'))?.startedAt !== undefined,
  );
  await until('the decision is answered', async () => (await store.requestOutcome('r-1'))?.counted === true);
  await until('the signal is sent', async () => (await store.outbox(10)).length === 0);
  expect(server.releases.started.map(({ id }) => id)).toEqual(['my-app/my-service/1']);
  expect(server.releases.decided.map(({ id }) => id)).toEqual(['r-1']);
  expect(server.releases.signals).toEqual([
    { workflowId: 'release/my-app/signals/2', message: 'turnChanged', payload: null },
  ]);
  expect(releases).toBe(server.releases);
});

test('a signal to a workflow that is gone is done with', async () => {
  const { store } = server.context;
  server.releases.gone.add('release/my-app/gone/1');
  const waits = viewOf({ service: 'gone' }, 1, { statuses: { staging: 'WAITING_MANUAL_APPROVAL' } });
  await store.project({ view: waits, entered: ['staging'], watched: [] });
  await store.project({ view: { ...waits, id: 'my-app/gone/2', number: 2 }, entered: ['staging'], watched: [] });
  await until('the signal is dropped', async () => (await store.outbox(10)).length === 0);
  expect(server.releases.signals.map(({ workflowId }) => workflowId)).not.toContain('release/my-app/gone/1');
});
