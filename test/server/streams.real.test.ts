import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TowpathError } from '../../src/release/towpath-error.js';
import type { ReleaseView } from '../../src/release/view.js';
import { finishOf, grant, keyOf, partOf, viewOf } from '../store/stored.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

/** A stored release with a run in staging. */
async function running(changeId: string) {
  const { json } = await server.ask('POST', '/api/v1/releases', { service: 'my-service', parameters: { changeId } });
  const { id } = json as { id: string };
  const key = keyOf({ service: 'my-service' }, Number(id.split('/')[2]));
  const run = await grant(server.context.store, key);
  return { id, key, run, number: key.release };
}

/** Reads a stream until its text has what is waited for; the rest is left. */
async function readUntil(answer: Response, wanted: (text: string) => boolean): Promise<string> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!wanted(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

const views = (text: string): ReleaseView[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as ReleaseView);

test('a watcher sees the release at once, at each change, and the end of the stream at its end', async () => {
  const { id, key, run, number } = await running('watched');
  const { store } = server.context;
  const answer = await server.raw(`/api/v1/releases/${id}/events`);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const whole = answer.text();
  const ref = { key, run, cluster: 'ops', namespace: 'n', name: 'j', uid: 'u-1', specHash: 's', allottedAt: '' };
  await store.recordJob({ ...ref, mainContainer: 'main' });
  const last = viewOf({ service: 'my-service' }, number, {
    sequence: 9,
    statuses: { staging: 'CONVERGED' },
    status: 'CONVERGED',
    endedAt: '2026-01-01T00:00:00.000Z',
  });
  await store.finish(finishOf(key, { view: last }));
  const seen = views(await whole);
  expect(seen[0]).toMatchObject({ id, channels: [{ name: 'staging', status: 'CONVERGING' }, {}] });
  expect(seen.at(-1)).toMatchObject({ status: 'CONVERGED', sequence: 9 });
});

test('a run that does not start says why', async () => {
  const { id, key } = await running('stuck');
  await server.context.store.reportServed('worker-1', [{ name: 'my-kubernetes-runtime', serves: true }]);
  const answer = await server.raw(`/api/v1/releases/${id}/events`);
  const read = readUntil(answer, (text) => text.includes('ImagePullBackOff'));
  await server.context.store.recordProgress(key, {
    uid: 'u',
    phase: 'waiting',
    waiting: 'ImagePullBackOff: no such image',
    logBytes: 0,
  });
  const [channel] = views(await read).at(-1)!.channels;
  expect(channel).toMatchObject({
    status: 'CONVERGING',
    explanations: [{ code: 'JOB_NOT_STARTING', message: 'ImagePullBackOff: no such image' }],
  });
  await server.context.store.finish(finishOf(key, { outcome: { code: 'JOB_NOT_STARTING' } }));
});

test('a log is what was stored, from any offset, and follows to its end', async () => {
  const { id, key, run } = await running('logged');
  const { store } = server.context;
  await store.appendLog(key, partOf(0, 'one\n'));
  const log = `/api/v1/releases/${id}/runs/staging/${run}/log`;
  const plain = await server.raw(log);
  expect([plain.headers.get('content-type'), await plain.text()]).toEqual(['text/plain; charset=utf-8', 'one\n']);
  expect(plain.headers.get('towpath-log-next')).toBe('4');
  expect(await (await server.raw(`${log}?offset=2`)).text()).toBe('e\n');
  expect((await server.raw(`${log}?offset=nonsense`)).status).toBe(400);
  const followed = (await server.raw(`${log}?follow=true`)).text();
  await store.appendLog(key, partOf(4, 'two\n'));
  await store.appendLog(key, partOf(8, 'three\n'));
  await store.finish(finishOf(key));
  expect(await followed).toBe('one\ntwo\nthree\n');
});

test.each(['runs/staging/99/log', 'runs/production/1/log', 'runs/staging/x/log'])('%s is not found', async (path) => {
  const { id, key } = await running(`none-${path}`);
  await server.context.store.finish(finishOf(key));
  expect(await server.ask('GET', `/api/v1/releases/${id}/${path}`)).toMatchObject({ status: 404 });
});

test('runs say how they ended, and those that have not are listed for all releases', async () => {
  const { id, key, run } = await running('listed');
  const { json } = await server.ask('GET', '/api/v1/runs?state=open');
  expect(json).toEqual(
    expect.arrayContaining([expect.objectContaining({ release: id, channel: 'staging', run, cluster: 'ops' })]),
  );
  const end = { exitCode: 3, tail: ['no'], logBytes: 3, truncated: false, warnings: [] };
  await server.context.store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED', end } }));
  expect((await server.ask('GET', `/api/v1/releases/${id}/runs`)).json).toMatchObject([
    { run, state: 'ended', code: 'JOB_FAILED', exitCode: 3 },
  ]);
  expect((await server.ask('GET', `/api/v1/releases/${id}/runs?channel=production`)).json).toEqual([]);
});

test('a log that cannot be read on is broken off, and does not look whole', async () => {
  const { id, key, run } = await running('broken');
  const { store } = server.context;
  await store.appendLog(key, partOf(0, 'one\n'));
  const read = store.log.bind(store);
  let reads = 0;
  store.log = (...of) => {
    reads += 1;
    return reads === 1 ? read(...of) : Promise.reject(new TowpathError('STORE_UNREACHABLE', 'the database is away'));
  };
  try {
    const answer = await server.raw(`/api/v1/releases/${id}/runs/staging/${run}/log?follow=true`);
    await expect(answer.text()).rejects.toThrow('broken off');
  } finally {
    store.log = read;
    await store.finish(finishOf(key));
  }
});

test.each<[string, number]>([
  ['/a/b/9999999999', 404],
  ['/a/b/9999999999/runs', 404],
  ['/a/b/9999999999/runs/c/1/log', 404],
  ['/a/b/9999999999/events', 404],
])('GET /api/v1/releases%s is answered with %i', async (path, status) => {
  expect((await server.raw(`/api/v1/releases${path}`)).status).toBe(status);
});

test('an offset beyond the end of a log is its end', async () => {
  const { id, key, run } = await running('offset');
  await server.context.store.appendLog(key, partOf(0, 'one\n'));
  await server.context.store.finish(finishOf(key));
  for (const offset of ['4', '99', '9007199254740991']) {
    const answer = await server.raw(`/api/v1/releases/${id}/runs/staging/${run}/log?offset=${offset}`);
    expect([offset, answer.status, await answer.text()]).toEqual([offset, 200, '']);
    expect(answer.headers.get('towpath-log-next')).toBe(offset);
    const followed = await server.raw(`/api/v1/releases/${id}/runs/staging/${run}/log?offset=${offset}&follow=true`);
    expect([await followed.text(), followed.headers.get('towpath-log-next')]).toEqual(['', null]);
  }
});
