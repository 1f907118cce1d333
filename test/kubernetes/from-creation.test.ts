import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Changes } from '../../src/activities/ports.js';
import { startScriptedServer, type ScriptedServer } from './api-server.js';

/** A Job that was created while the watches listened need not be read before they are believed. */

const metadata = { name: 'j', namespace: 'n', uid: 'u-1', resourceVersion: '9' };
const job = { namespace: 'n', name: 'j', uid: 'u-1' };
const pod = {
  metadata: { ...metadata, name: 'p', uid: 'u-p', labels: { 'batch.kubernetes.io/controller-uid': 'u-1' } },
};
const seen = { job: '7', pods: '8' };
const event = (object: object): string => `${JSON.stringify({ type: 'ADDED', object })}\n`;

let server: ScriptedServer;
let streams: { jobs?: ServerResponse | undefined; pods?: ServerResponse | undefined };
/** What opens the watches. */
let earlier: Changes;
let leaving: AbortController;
/** Happens while the Job is being created. */
let meanwhile: () => Promise<void>;
beforeEach(async () => {
  server = await startScriptedServer();
  streams = {};
  leaving = new AbortController();
  meanwhile = () => Promise.resolve();
  server.answer = ({ method, path }) => {
    if (method === 'POST')
      return (response) =>
        void meanwhile().then(() =>
          response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ metadata })),
        );
    return (response) => {
      response.flushHeaders();
      streams[path.endsWith('/jobs') ? 'jobs' : 'pods'] = response;
    };
  };
  earlier = server.gateway.watch({ namespace: 'n', name: 'earlier', uid: 'u-0' });
});
afterEach(async () => {
  leaving.abort();
  earlier.close();
  await server.stop();
});

async function listen(): Promise<void> {
  for (let round = 0; round < 500 && !(streams.jobs && streams.pods); round++) {
    void earlier.next(seen, 1, leaving.signal);
    await delay(10);
  }
  // An event that arrives proves that the watch is answered.
  const probe = { metadata: { ...metadata, name: 'earlier', uid: 'u-0' } };
  streams.jobs?.write(event(probe));
  const probePod = { metadata: { ...metadata, labels: { 'batch.kubernetes.io/controller-uid': 'u-0' } } };
  streams.pods?.write(event(probePod));
  for (let round = 0; round < 500 && !earlier.shown('main')?.pods.length; round++)
    await earlier.next(seen, 10, leaving.signal);
  expect(earlier.shown('main')?.pods).toHaveLength(1);
}

const create = () => server.gateway.createJob('n', { metadata: { name: 'j' } });

async function shownSoon(changes: Changes): Promise<ReturnType<Changes['shown']>> {
  for (let round = 0; round < 30 && !changes.shown('main'); round++) await delay(10);
  return changes.shown('main');
}

/** Of the Job and its pod, as the watches tell of them. */
function tell(): void {
  streams.pods?.write(event(pod));
  streams.jobs?.write(event({ metadata }));
}

test('it is shown with its pods, also what happened before somebody follows it', async () => {
  await listen();
  await create();
  tell();
  const changes = server.gateway.watch(job);
  expect(await shownSoon(changes)).toMatchObject({ job: { uid: 'u-1' }, pods: [{ name: 'p' }] });
  changes.close();
});

test('it is not shown when no watch listened before it was created', async () => {
  await create();
  await listen();
  tell();
  const changes = server.gateway.watch(job);
  expect(await shownSoon(changes)).toBeUndefined();
  changes.close();
});

test('it is not shown once a watch broke and was opened again', async () => {
  await listen();
  meanwhile = async () => {
    const { pods } = streams;
    streams.pods = undefined;
    pods?.destroy();
    for (let round = 0; round < 500 && !streams.pods; round++) await earlier.next(seen, 10, leaving.signal);
  };
  await create();
  tell();
  const changes = server.gateway.watch(job);
  expect(await shownSoon(changes)).toBeUndefined();
  changes.close();
});

test('who follows it a second time reads it first', async () => {
  await listen();
  await create();
  tell();
  const first = server.gateway.watch(job);
  expect(await shownSoon(first)).toBeDefined();
  const second = server.gateway.watch(job);
  expect(second.shown('main')).toBeUndefined();
  await second.next(seen, 1, leaving.signal);
  expect(second.shown('main')).toBeDefined();
  first.close();
  second.close();
});

test('who has read nothing when a watch breaks reads before it is opened again', async () => {
  await listen();
  await create();
  tell();
  const changes = server.gateway.watch(job);
  expect(await shownSoon(changes)).toBeDefined();
  const watches = () => server.asked.filter(({ method }) => method === 'GET').length;
  const before = watches();
  streams.pods?.destroy();
  for (let round = 0; round < 500 && changes.shown('main'); round++) await delay(10);
  await changes.next({ job: '', pods: '' }, 1, leaving.signal);
  expect([changes.shown('main'), watches()]).toEqual([undefined, before]);
  for (let round = 0; round < 500 && watches() === before; round++) await changes.next(seen, 10, leaving.signal);
  expect(server.asked.at(-1)?.query.get('resourceVersion')).toBe('8');
  changes.close();
});
