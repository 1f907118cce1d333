import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StatusAnswer } from '../../src/server/api.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

const temporal = async () => ((await server.ask('GET', '/api/v1/status')).json as StatusAnswer).temporal;

test('another Temporal than the releases were started on is not well until it is adopted', async () => {
  expect(await temporal()).toEqual({ ok: true, detail: 'fake' });
  server.releases.namespace = 'namespace-2';
  expect(await temporal()).toMatchObject({ ok: false, foreign: true });
  expect(await server.ask('POST', '/api/v1/temporal/adopt', {})).toMatchObject({
    status: 200,
    json: { namespaceId: 'namespace-2' },
  });
  expect(await temporal()).toEqual({ ok: true, detail: 'fake' });
});

test('nothing is adopted while Temporal does not answer', async () => {
  server.releases.running = false;
  expect(await server.ask('POST', '/api/v1/temporal/adopt', {})).toMatchObject({ json: { code: 'NOT_RUNNING' } });
});
