import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { body, example } from '../server/example.js';
import { operations } from './published.js';
import { startServed, type Served } from './served.js';

let server: Served;
beforeAll(async () => {
  server = await startServed();
  await server.applyExample();
  await server.fetch('post', '/api/v1/releases', { service: 'my-service' });
});
afterAll(() => server?.close());

/** All that a request could have done twice. */
async function traces() {
  const { store } = server.context;
  const { releases } = server;
  return {
    configs: await store.configs(),
    releases: (await store.releases({ limit: 500 })).map(({ id }) => id),
    started: releases.started.length,
    decided: releases.decided.length,
  };
}

const unchanged = { documents: [{ change: 'unchanged', version: 1 }] };
const same = 'the same answer';

const repeats: [operation: string, path: string, sent: object, second: object | typeof same][] = [
  ['validateConfigs', '/configs/validate', body(example), same],
  ['diffConfigs', '/configs/diff', body(example), same],
  ['applyConfigs', '/configs/apply', body({ 'ops.pvn.yaml': example['ops.pvn.yaml'].split('---')[0]! }), unchanged],
  ['linkRuntime', '/runtimes', { name: 'other', context: 'there' }, unchanged],
  ['addRegistry', '/registries', { name: 'quay', url: 'https://quay.example', public: true }, unchanged],
  ['planRelease', '/plans', { service: 'my-service' }, same],
  ['createVersion', '/versions', { service: 'my-service', parameters: { changeId: 'v' } }, { outcome: 'existing' }],
  [
    'startRelease',
    '/releases',
    { service: 'my-service', key: 'k', rerun: true },
    { outcome: 'existing', id: 'my-app/my-service/2' },
  ],
  [
    'decide',
    '/releases/my-app/my-service/1/decisions',
    { channel: 'production', decision: 'approve', requestId: 'r' },
    { requestId: 'r', outcome: 'counted' },
  ],
  [
    'commandRelease',
    '/releases/my-app/my-service/1/commands',
    { kind: 'cancel', requestId: 'c' },
    { requestId: 'c', outcome: 'counted' },
  ],
  ['adoptTemporal', '/temporal/adopt', {}, same],
  ['databaseRestored', '/store/restored', {}, { instances: expect.any(Number) as unknown, forgotten: [] }],
  ['deleteConfig', '/configs/delete', { kind: 'containerRegistry', key: 'quay', version: 1 }, { deleted: true }],
  [
    'revertConfig',
    '/configs/revert',
    { kind: 'containerRegistry', key: 'quay', version: 2 },
    { version: 3, to: 1, reverted: true },
  ],
];

test.each(repeats)('%s may be asked again: it does nothing twice', async (_, path, sent, second) => {
  const ask = async () => (await server.fetch('post', `/api/v1${path}`, sent)).json();
  const first = (await ask()) as object;
  const before = await traces();
  const again = await ask();
  expect(again).toMatchObject(second === same ? first : second);
  expect(await traces()).toEqual(before);
});

test('every operation that is not a read says what asking again does, and is tried', () => {
  const writes = Object.entries(operations).filter(([, { method }]) => method !== 'get');
  for (const [, { operation }] of writes)
    expect((operation as { description?: string }).description).toContain('Asking again: ');
  expect(writes.map(([id]) => id).toSorted()).toEqual(repeats.map(([operation]) => operation).toSorted());
});
