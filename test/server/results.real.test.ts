import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunEnd } from '../../src/release/view.js';
import { finishOf, grant, keyOf, partOf } from '../store/stored.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

const none: RunEnd = { tail: [], logBytes: 0, truncated: false, warnings: [] };

/** A stored release with a run in staging, and how to ask what that reported. */
async function running(changeId: string) {
  const { json } = await server.ask('POST', '/api/v1/releases', { service: 'my-service', parameters: { changeId } });
  const { id } = json as { id: string };
  const key = keyOf({ service: 'my-service' }, Number(id.split('/')[2]));
  const run = await grant(server.context.store, key);
  const end = (more: Partial<RunEnd>) =>
    server.context.store.finish(finishOf(key, { outcome: { code: 'SUCCEEDED', end: { ...none, ...more } } }));
  const path = `/api/v1/releases/${id}/runs/staging`;
  const ask = (of = run) => server.ask('GET', `${path}/${of}/result`);
  return { id, key, run, end, ask, raw: () => server.raw(`${path}/${run}/result`) };
}

test('a large result is answered with the very bytes that its digest is of', async () => {
  const { key, end, raw } = await running('large');
  const body = JSON.stringify({ message: '<b>ä\u2028</b>', data: 'x'.repeat(100_000) });
  const digest = createHash('sha256').update(body).digest('hex');
  const largeResult = { digest, bytes: Buffer.byteLength(body) };
  const framed = { sha256: digest, largeResult };
  await server.context.store.appendLog(key, { ...partOf(0, 'line\n'), framed, large: Buffer.from(body) });
  await end({ largeResult });
  const answer = await raw();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
});

test.each<[string, Partial<RunEnd> | undefined, string]>([
  ['has not ended', undefined, 'has not ended yet'],
  ['reported nothing', {}, 'reported nothing'],
  [
    'is not kept any more',
    { largeResult: { digest: 'gone', bytes: 5000 } },
    'had a result that is not kept any more (setting logRetention)',
  ],
])('there is none of a run that %s, and the answer says so', async (changeId, end, why) => {
  const run = await running(changeId.replaceAll(' ', '-'));
  if (end) await run.end(end);
  const { status, json } = await run.ask();
  expect([status, json]).toMatchObject([
    404,
    { code: 'NOT_FOUND', detail: `run ${run.run} in channel "staging" of release "${run.id}" ${why}` },
  ]);
  await run.end({});
});

test('there is none of a run that does not exist', async () => {
  const { id, ask } = await running('other');
  expect(await ask(999)).toMatchObject({
    status: 404,
    json: { detail: `release "${id}" has no run 999 in channel "staging"` },
  });
});
