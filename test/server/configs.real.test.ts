import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DiffAnswer } from '../../src/server/api.js';
import { body, example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

test('validating shows what would change, and stores nothing', async () => {
  const { status, json } = await server.ask('POST', '/api/v1/configs/validate', body(example));
  expect(status).toBe(200);
  expect(json).toMatchObject({
    issues: [],
    documents: expect.arrayContaining([{ kind: 'service', key: 'my-app/my-service', change: 'new' }]),
  });
  expect((await server.ask('GET', '/api/v1/configs')).json).toEqual([]);
});

test('a mistake in one document stores none of them, and names its place', async () => {
  const broken = {
    ...example,
    'application.pvn.yaml': example['application.pvn.yaml'].replace(': staging\n        -', ': stagin\n        -'),
  };
  const { status, type, json } = await server.ask('POST', '/api/v1/configs/apply', body(broken));
  expect([status, type]).toEqual([422, 'application/problem+json']);
  expect(json).toMatchObject({
    code: 'CONFIG_INVALID',
    issues: [
      { code: 'UNKNOWN_REFERENCE', at: { file: 'application.pvn.yaml', line: 14 }, hint: 'did you mean "staging"?' },
    ],
  });
  expect((await server.ask('GET', '/api/v1/configs')).json).toEqual([]);
});

test('applying stores new versions of what changed', async () => {
  const first = await server.ask('POST', '/api/v1/configs/apply', body(example));
  expect(first.json).toMatchObject({ issues: [] });
  const again = await server.ask('POST', '/api/v1/configs/apply', body(example));
  const changes = (again.json as { documents: { change: string }[] }).documents.map(({ change }) => change);
  expect(new Set(changes)).toEqual(new Set(['unchanged']));
  const changed = { 'runtime.pvn.yaml': example['runtime.pvn.yaml'].replace('my-tag', 'other-tag') };
  expect((await server.ask('POST', '/api/v1/configs/apply', body(changed))).json).toMatchObject({
    documents: [{ kind: 'runtime', key: 'my-custom-runtime', version: 2, change: 'changed' }],
  });
  const { json } = await server.ask('GET', '/api/v1/configs/runtime/my-custom-runtime');
  expect(json).toMatchObject({ version: 2, appliedBy: 'ann' });
  expect((json as { text: string }).text).toContain('other-tag');
  for (const key of ['my-app/my-service', 'my-app%2Fmy-service'])
    expect((await server.ask('GET', `/api/v1/configs/service/${key}`)).json).toMatchObject({ version: 1 });
});

test('a diff compares what is stored with what the files mean, and stores nothing', async () => {
  const files = {
    'runtime.pvn.yaml': example['runtime.pvn.yaml'].replace('my-tag', 'third-tag'),
    'service.pvn.yaml': `# a remark\n${example['service.pvn.yaml']}`,
    'ops.pvn.yaml': example['ops.pvn.yaml'].replace('my-registry-name', 'new-registry'),
  };
  const before = await server.context.store.configs();
  const { json } = await server.ask('POST', '/api/v1/configs/diff', body(files));
  expect(await server.context.store.configs()).toEqual(before);
  const { documents } = json as DiffAnswer;
  expect(documents.map(({ key, change, stored }) => [key, change, stored])).toEqual([
    ['new-registry', 'new', undefined],
    ['my-custom-runtime', 'changed', 2],
    ['my-kubernetes-runtime', 'unchanged', 1],
    ['my-app/my-service', 'changed', 1],
  ]);
  const [registry, runtime = '', ...rest] = documents.map(({ diff }) => diff);
  expect(runtime).toContain('--- runtime/my-custom-runtime\tversion 2\n+++ runtime/my-custom-runtime\n@@ ');
  expect(runtime.match(/^[-+] .*/gm)).toEqual([
    expect.stringContaining('tag: other-tag'),
    expect.stringContaining('tag: third-tag'),
  ]);
  expect(registry).toContain('+++ containerRegistry/new-registry\n@@ -0,0 +1,');
  expect(rest).toEqual(['', '']);
});

test('forced, an equal document gets a new version, once for the version that was seen', async () => {
  const [ops = ''] = example['ops.pvn.yaml'].split('---');
  const forced = { ...body({ 'ops.pvn.yaml': ops }), force: { 'runtime/my-kubernetes-runtime': 1 } };
  const apply = async () => (await server.ask('POST', '/api/v1/configs/apply', forced)).json;
  const document = { kind: 'runtime', key: 'my-kubernetes-runtime', version: 2 };
  expect(await apply()).toMatchObject({ documents: [{ ...document, change: 'forced' }] });
  expect(await apply()).toMatchObject({ documents: [{ ...document, change: 'unchanged' }] });
});

test.each(['runtime/none', 'kind/none', 'service/my-app'])('what is not stored is not found: %s', async (path) => {
  expect(await server.ask('GET', `/api/v1/configs/${path}`)).toMatchObject({
    status: 404,
    json: { code: 'NOT_FOUND' },
  });
});

test('a linked runtime and a registry are documents like any other', async () => {
  const link = await server.ask('POST', '/api/v1/runtimes', { name: 'other', context: 'there' });
  expect(link.json).toMatchObject({ documents: [{ kind: 'runtime', key: 'other', version: 1, change: 'new' }] });
  const { store } = server.context;
  await store.reportServed('worker-1', [{ name: 'other', serves: true, trouble: 'RUNTIME_UNREACHABLE: no answer' }]);
  const registry = { name: 'quay', url: 'https://quay.example', pullSecret: { namespace: 'towpath', name: 'pull' } };
  await server.ask('POST', '/api/v1/registries', registry);
  expect((await server.ask('GET', '/api/v1/configs/containerRegistry/quay')).json).toMatchObject({
    text: expect.stringContaining('kubernetesSecret'),
  });
  expect((await server.ask('GET', '/api/v1/registries')).json).toMatchObject([
    { key: 'my-registry-name', url: 'registry.example' },
    { key: 'quay', url: 'quay.example', pullSecret: { namespace: 'towpath', name: 'pull' } },
  ]);
  expect((await server.ask('GET', '/api/v1/runtimes')).json).toEqual(
    expect.arrayContaining([
      {
        name: 'other',
        kind: 'kubernetes',
        version: 1,
        context: 'there',
        workers: 1,
        trouble: 'RUNTIME_UNREACHABLE: no answer',
      },
      {
        name: 'my-custom-runtime',
        kind: 'extension',
        version: 2,
        cluster: 'my-kubernetes-runtime',
        namespace: 'pvn-proxy-runtime-my-custom-runtime',
      },
    ]),
  );
  expect((await server.ask('POST', '/api/v1/runtimes', { name: 'Bad Name', context: 'x' })).json).toMatchObject({
    code: 'CONFIG_INVALID',
    issues: [{ code: 'BAD_NAME' }],
  });
});

test('status says which parts answer, and who asks is taken from the header in the embedded mode', async () => {
  await server.context.store.reportServed('worker-1', [{ name: 'my-kubernetes-runtime', serves: true }]);
  expect((await server.ask('GET', '/api/v1/status')).json).toMatchObject({
    store: { ok: true },
    temporal: { ok: true, detail: 'fake' },
    workers: 1,
    clusters: expect.arrayContaining([{ name: 'my-kubernetes-runtime', workers: 1 }]),
  });
  server.releases.running = false;
  expect((await server.ask('GET', '/api/v1/status')).json).toMatchObject({
    temporal: { ok: false, detail: 'NOT_RUNNING: Temporal did not answer' },
    workers: 0,
  });
  server.releases.running = true;
  await server.ask('POST', '/api/v1/runtimes', { name: 'by-bob', context: 'x' }, { 'towpath-as': 'bob' });
  expect((await server.ask('GET', '/api/v1/configs/runtime/by-bob')).json).toMatchObject({ appliedBy: 'bob' });
  expect(await server.ask('GET', '/api/v1/status', undefined, { 'towpath-as': 'b\tob' })).toMatchObject({
    status: 400,
  });
});
