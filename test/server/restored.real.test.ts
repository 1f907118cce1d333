import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { StartAnswer, StatusAnswer } from '../../src/server/api.js';
import { dispatch } from '../../src/server/dispatcher.js';
import { runSql } from '../real/postgres.js';
import { until } from '../real/until.js';
import { example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  const text = example['runtime.pvn.yaml'].replace(
    '{{.Params.changeId}}',
    '{{.Params.changeId}}-{{.Builtins.Release.Id}}',
  );
  await server.applyExample({ 'runtime.pvn.yaml': text });
});
afterAll(() => server?.close());
beforeEach(() => {
  server.releases.running = true;
  server.releases.taken.clear();
});

const idOf = (number: number): string => `my-app/my-service/${number}`;
const start = async (more: object = {}): Promise<StartAnswer> =>
  (await server.ask('POST', '/api/v1/releases', { service: 'my-service', rerun: true, ...more })).json as StartAnswer;
const epoch = async () => ((await server.ask('GET', '/api/v1/status')).json as StatusAnswer).epoch;

test('numbers that Temporal has given to other releases are burned, and the person is told', async () => {
  await start();
  expect(await epoch()).toBeUndefined();
  server.releases.taken = new Set([idOf(2), idOf(3)]);
  const answer = await start({ key: 'build-1' });
  expect(answer).toMatchObject({ outcome: 'created', id: idOf(4) });
  expect(answer.warnings).toEqual([expect.stringContaining('number 2 belongs to another release')]);
  expect(server.releases.started.map(({ id }) => id)).toEqual([idOf(1), idOf(4)]);
  const { store } = server.context;
  expect((await store.releases({ limit: 10 })).map(({ id }) => id)).toEqual([idOf(4), idOf(1)]);
  expect(await start({ key: 'build-1' })).toMatchObject({ outcome: 'existing', id: idOf(4) });
  expect(await epoch()).toMatchObject({ number: 1, why: expect.stringContaining(idOf(2)) as unknown });
});

test('the plan names the number that the release has in the end', async () => {
  const plan = server.releases.started.at(-1)?.plan;
  expect(JSON.stringify(plan)).toContain(`default-id-${idOf(4)}`.replace('default-id', 'my-default-change-id'));
  expect(JSON.stringify(plan)).not.toContain(idOf(2));
  expect(plan?.digest).toBe(server.releases.started[0]?.plan.digest);
});

test('a release that was stored while Temporal was away gets another number too, and what was asked of it goes along', async () => {
  server.releases.running = false;
  const { id } = await start();
  await server.ask('POST', `/api/v1/releases/${id}/decisions`, {
    channel: 'production',
    decision: 'approve',
    requestId: 'r',
  });
  server.releases.running = true;
  server.releases.taken = new Set([id]);
  await runSql(server.databaseUrl, `UPDATE releases SET created_at = now() - interval '1 minute'`);
  const stopping = new AbortController();
  const { store, releases, log } = server.context;
  const dispatching = dispatch({
    store,
    releases,
    log,
    signal: stopping.signal,
    logRetention: { succeeded: 1, failed: 1 },
  });
  try {
    await until('it is started', () => server.releases.started.some((each) => each.id === idOf(6)));
  } finally {
    stopping.abort();
    await dispatching;
  }
  expect(id).toBe(idOf(5));
  expect(await store.release(id)).toBeUndefined();
  expect((await store.release(idOf(6)))?.startedAt).toBeDefined();
  const [request] = await runSql(server.databaseUrl, `SELECT release FROM requests WHERE id = 'r'`);
  expect(request).toEqual({ release: idOf(6) });
});

test('an operator begins an epoch, and learns what Temporal runs and the database has forgotten', async () => {
  server.releases.taken = new Set([idOf(1), idOf(90)]);
  const before = (await epoch())?.number ?? 0;
  const { status, json } = await server.ask('POST', '/api/v1/store/restored', {});
  expect([status, json]).toEqual([
    200,
    { epoch: before + 1, instances: expect.any(Number), workers: 1, forgotten: [idOf(90)] },
  ]);
  expect(await epoch()).toMatchObject({ number: before + 1 });
});

test('nothing is begun while Temporal does not answer', async () => {
  server.releases.running = false;
  const before = await epoch();
  expect((await server.ask('POST', '/api/v1/store/restored', {})).json).toMatchObject({ code: 'NOT_RUNNING' });
  expect(await epoch()).toEqual(before);
});
