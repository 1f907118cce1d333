import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { viewOf } from '../store/stored.js';
import { body, example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

const remove = (kind: string, key: string, version?: number) =>
  server.ask('POST', '/api/v1/configs/delete', { kind, key, version });

test.each([
  ['runtime', 'my-kubernetes-runtime', ['runtime/my-custom-runtime']],
  ['containerRegistry', 'my-registry-name', ['runtime/my-custom-runtime']],
  ['runtime', 'my-custom-runtime', ['application/my-app']],
  ['application', 'my-app', ['service/my-app/my-service']],
  ['service', 'my-app/my-service', []],
])('a dry run says what refers to %s %s, and deletes nothing', async (kind, key, referredBy) => {
  const { status, json } = await remove(kind, key);
  expect([status, json]).toEqual([200, { kind, key, version: 1, deleted: false, referredBy, openReleases: [] }]);
  expect((await server.ask('GET', `/api/v1/configs/${kind}/${key}`)).status).toBe(200);
});

test('what is referred to, what is not there, and what was changed meanwhile are not deleted', async () => {
  expect(await remove('application', 'my-app', 1)).toMatchObject({
    status: 403,
    json: { code: 'NOT_ALLOWED', detail: expect.stringContaining('service/my-app/my-service refers to it') },
  });
  expect(await remove('service', 'my-app/none', 1)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  expect(await remove('service', 'my-app/my-service', 7)).toMatchObject({
    status: 403,
    json: { detail: expect.stringContaining('is at version 1 by now, not 7') },
  });
});

test('a service with an open release is not deleted, nor the cluster of its Jobs', async () => {
  await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
  const openReleases = ['my-app/my-service/1'];
  expect((await remove('service', 'my-app/my-service')).json).toMatchObject({ openReleases });
  expect((await remove('runtime', 'my-kubernetes-runtime')).json).toMatchObject({ openReleases });
  expect(await remove('service', 'my-app/my-service', 1)).toMatchObject({
    status: 403,
    json: { detail: expect.stringContaining('my-app/my-service/1 is not over') },
  });
});

test('a deleted document is gone, deleting it again is the same, and its numbers go on', async () => {
  const of = { service: 'my-service' };
  const view = viewOf(of, 1, {
    statuses: { staging: 'CANCELLED' },
    status: 'CANCELLED',
    endedAt: '2026-01-01T00:01:00Z',
  });
  await server.context.store.project({ view, entered: [], watched: [] });
  for (const _ of [1, 2])
    expect(await remove('service', 'my-app/my-service', 1)).toMatchObject({ status: 200, json: { deleted: true } });
  expect((await server.ask('GET', '/api/v1/configs/service/my-app/my-service')).status).toBe(404);
  expect((await server.ask('GET', '/api/v1/services')).json).toEqual([]);
  expect(await remove('service', 'my-app/my-service')).toMatchObject({ status: 404 });
  expect(await server.context.store.config('service', 'my-app/my-service', 1)).toMatchObject({ version: 1 });
  const { json } = await server.ask('POST', '/api/v1/configs/apply', body(example));
  expect((json as { documents: unknown[] }).documents).toContainEqual(
    expect.objectContaining({ kind: 'service', version: 3, change: 'new' }),
  );
  const started = await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
  expect(started.json).toMatchObject({ id: 'my-app/my-service/2', version: 'v1' });
});
