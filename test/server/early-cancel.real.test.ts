import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DecisionAnswer, StartAnswer } from '../../src/server/api.js';
import { dispatch } from '../../src/server/dispatcher.js';
import { runSql } from '../real/postgres.js';
import { until } from '../real/until.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());
beforeEach(() => {
  server.releases.running = true;
});

const start = async (key: string): Promise<StartAnswer> =>
  (await server.ask('POST', '/api/v1/releases', { service: 'my-service', rerun: true, key })).json as StartAnswer;
const cancel = async (id: string, requestId: string): Promise<DecisionAnswer> =>
  (await server.ask('POST', `/api/v1/releases/${id}/commands`, { kind: 'cancel', requestId })).json as DecisionAnswer;
/** A release that is stored, and cancelled, while Temporal is away. */
async function storeCancelled(key: string): Promise<string> {
  server.releases.running = false;
  const { id } = await start(key);
  expect(await cancel(id, `cancel-${key}`)).toMatchObject({ outcome: 'later' });
  server.releases.running = true;
  return id;
}
/** What a release heard before it did anything. */
const heardFirst = (id: string) =>
  server.releases.signals.filter(({ workflowId }) => workflowId === `release/${id}`).map(({ payload }) => payload);

test('a start that is repeated starts a release that was cancelled meanwhile with its cancel', async () => {
  const id = await storeCancelled('ci-1');
  expect(await start('ci-1')).toMatchObject({ outcome: 'existing', id });
  expect(heardFirst(id)).toMatchObject([{ kind: 'cancel', requestId: 'cancel-ci-1' }]);
  expect(await server.context.store.requestOutcome('cancel-ci-1')).toEqual({ counted: true });
});

test('a cancel that comes while the release is being started is sent as soon as it has', async () => {
  const { releases } = server;
  const begin = releases.start.bind(releases);
  const early: DecisionAnswer[] = [];
  releases.start = async (release, ...more) => {
    const answer = await begin(release, ...more);
    early.push(await cancel(release.id, 'in-flight'));
    return answer;
  };
  try {
    await start('ci-2');
  } finally {
    releases.start = begin;
  }
  expect(early).toMatchObject([{ outcome: 'later', why: expect.stringContaining('has not started') as unknown }]);
  expect(await server.context.store.requestOutcome('in-flight')).toEqual({ counted: true });
});

test('a cancel is found among any number of requests that wait longer', async () => {
  const id = await storeCancelled('ci-3');
  const older = `now() - interval '1 minute'`;
  await runSql(server.databaseUrl, `UPDATE releases SET created_at = ${older} WHERE id = '${id}'`);
  await runSql(
    server.databaseUrl,
    `INSERT INTO requests (id, release, kind, channel, by, release_digest, created_at)
       SELECT 'other-' || n, 'my-app/other/1', 'cancel', '', 'ann', 'd', ${older} FROM generate_series(1, 101) AS n`,
  );
  const stopping = new AbortController();
  const { store, releases, log } = server.context;
  const logRetention = { succeeded: 1, failed: 1 };
  const dispatching = dispatch({ store, releases, log, signal: stopping.signal, logRetention });
  try {
    await until('it has started', async () => (await store.release(id))?.startedAt !== undefined);
  } finally {
    stopping.abort();
    await dispatching;
  }
  expect(heardFirst(id)).toMatchObject([{ kind: 'cancel', requestId: 'cancel-ci-3' }]);
});
