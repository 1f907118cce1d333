import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Status } from '../../src/release/status.js';
import type { PlanAnswer, StartAnswer } from '../../src/server/api.js';
import { beginOf, finishOf, grant, keyOf, viewOf } from '../store/stored.js';
import { body } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

const of = { service: 'my-service' };
const start = async (more: object = {}): Promise<StartAnswer> =>
  (await server.ask('POST', '/api/v1/releases', { service: 'my-service', ...more })).json as StartAnswer;
const read = async () => (await server.ask('GET', '/api/v1/services/my-app/my-service')).json;

/** Takes a channel to CONVERGED as a worker would. */
async function converge(release: number, channel: string, digest: string): Promise<void> {
  const key = keyOf({ ...of, channel }, release);
  await grant(server.context.store, key, { releaseDigest: digest });
  const statuses: Record<string, Status> = { [channel]: 'CONVERGED' };
  const view = viewOf(of, release, { statuses, status: 'CONVERGED', digest, endedAt: '2026-01-01T00:01:00.000Z' });
  await server.context.store.finish(finishOf(key, { stable: { digest, version: `v${release}` }, view }));
}

test('a service without a release has its channels and its parameters', async () => {
  expect(await read()).toEqual({
    application: 'my-app',
    service: 'my-service',
    channels: [{ name: 'staging' }, { name: 'production' }],
    parameters: [{ name: 'changeId', kind: 'string', required: false, default: 'my-default-change-id', values: {} }],
  });
});

test('staging by one release and production by the next are the same content, and each is UNCHANGED by itself', async () => {
  const values = { parameters: { changeId: '42' } };
  const first = await start({ ...values, channels: ['staging'] });
  expect(server.releases.started.at(-1)?.plan.channels.map(({ name }) => name)).toEqual(['staging']);
  await converge(1, 'staging', first.digest);
  expect(await start({ ...values, channels: ['staging'] })).toMatchObject({ outcome: 'unchanged', id: first.id });
  const second = await start({ ...values, channels: ['production'] });
  expect(second).toMatchObject({ outcome: 'created', id: 'my-app/my-service/2', version: 'v1', digest: first.digest });
  const view = viewOf(of, 2, { statuses: { production: 'WAITING_PRECONDITIONS' }, digest: second.digest });
  const { stable } = await server.context.store.project({ view, entered: [], watched: ['staging'] });
  expect(stable).toEqual([{ channel: 'staging', by: first.id }]);
});

test('each channel shows the newest release that takes it, what is deployed, and the last run', async () => {
  const expected = {
    version: 'v1',
    release: 'my-app/my-service/2',
    channels: [
      {
        name: 'staging',
        status: 'CONVERGED',
        release: 'my-app/my-service/1',
        stable: { version: 'v1', release: 'my-app/my-service/1', since: expect.any(String) },
        run: 1,
      },
      { name: 'production', status: 'WAITING_PRECONDITIONS', release: 'my-app/my-service/2' },
    ],
  };
  expect((await server.ask('GET', '/api/v1/services')).json).toMatchObject([expected]);
  expect(await read()).toMatchObject({
    ...expected,
    parameters: [{ name: 'changeId', values: { staging: '42', production: '42' } }],
    last: { id: 'my-app/my-service/2', status: 'WAITING_PRECONDITIONS', version: 'v1', requestedBy: 'ann' },
  });
});

test('an open run counts before its release has said so', async () => {
  const { digest } = await start({ parameters: { changeId: '43' } });
  await grant(
    server.context.store,
    keyOf({ ...of, channel: 'staging' }, 3),
    beginOf(keyOf(of, 3), { releaseDigest: digest }),
  );
  expect(await read()).toMatchObject({ channels: [{ status: 'CONVERGING', release: 'my-app/my-service/3' }, {}] });
});

test('a plan names the last release, and what differs from it in each channel', async () => {
  const { json } = await server.ask('POST', '/api/v1/plans', { service: 'my-service', parameters: { changeId: '44' } });
  const { changes } = json as PlanAnswer;
  const differs = {
    job: 'changed',
    gates: 'same',
    facts: [
      { fact: 'args[1]', before: '--my-change-id=43', value: '--my-change-id=44' },
      { fact: 'env[PVN_SERVICE_VERSION].value', before: 'v2', value: 'v3' },
    ],
    values: [{ name: 'changeId', change: 'changed', before: '43', value: '44' }],
  };
  expect(changes).toEqual({
    since: 'my-app/my-service/3',
    channels: [
      { channel: 'staging', ...differs },
      { channel: 'production', ...differs },
    ],
  });
});

test.each<[object, number, object]>([
  [{ channels: ['prod'] }, 422, { issues: [{ code: 'UNKNOWN_REFERENCE' }] }],
  [{ channels: [] }, 400, { code: 'BAD_REQUEST' }],
])('a start with %j is refused', async (more, status, json) => {
  expect(await server.ask('POST', '/api/v1/releases', { service: 'my-service', ...more })).toMatchObject({
    status,
    json,
  });
});

test('a service that is not stored is not found, and another application has none', async () => {
  expect(await server.ask('GET', '/api/v1/services/my-app/none')).toMatchObject({
    status: 404,
    json: { code: 'NOT_FOUND' },
  });
  expect((await server.ask('GET', '/api/v1/services?application=none')).json).toEqual([]);
  const other = {
    'a.pvn.yaml': 'service: {name: other, application: my-app, runtimeExtension: {parameterValues: []}}',
  };
  expect((await server.ask('POST', '/api/v1/configs/apply', body(other))).status).toBe(200);
  expect((await server.ask('GET', '/api/v1/services?application=my-app')).json).toMatchObject([
    { service: 'my-service' },
    { service: 'other', channels: [{ name: 'staging' }, { name: 'production' }] },
  ]);
});
