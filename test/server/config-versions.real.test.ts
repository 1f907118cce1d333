import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { body, example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

const apply = (files: Record<string, string>, more: object = {}) =>
  server.ask('POST', '/api/v1/configs/apply', { ...body(files), ...more });
const history = async (name: string) => (await server.ask('GET', `/api/v1/config-versions/${name}`)).json;
const runtime = example['runtime.pvn.yaml'];

test('a version keeps who applied it, when, and from where; equal content is no version', async () => {
  const files = { 'runtime.pvn.yaml': runtime.replace('my-tag', 'tag-2') };
  expect(await apply(files, { source: 'commit 2' })).toMatchObject({ status: 200 });
  expect(await apply(files, { source: 'commit 3' })).toMatchObject({
    json: { documents: [{ change: 'unchanged', version: 2 }] },
  });
  expect(await history('runtime/my-custom-runtime')).toMatchObject([
    { version: 2, change: 'applied', appliedBy: 'ann', source: 'commit 2' },
    { version: 1, change: 'applied' },
  ]);
  expect(await apply(files, { source: 'two\nlines' })).toMatchObject({ status: 400 });
});

test('an older version is read, and brought back as a new one', async () => {
  const of = { kind: 'runtime', key: 'my-custom-runtime' };
  const old = await server.ask('GET', '/api/v1/configs/runtime/my-custom-runtime?version=1');
  expect(old.json).toMatchObject({ version: 1, text: expect.stringContaining('my-tag') });
  expect(await server.ask('POST', '/api/v1/configs/revert', of)).toMatchObject({
    json: { version: 2, reverted: false },
  });
  const done = await server.ask('POST', '/api/v1/configs/revert', { ...of, to: 1, version: 2 });
  expect(done).toMatchObject({ status: 200, json: { version: 3, to: 1, reverted: true } });
  expect((await history('runtime/my-custom-runtime')) as object[]).toHaveLength(3);
  const late = await server.ask('POST', '/api/v1/configs/revert', { ...of, to: 2, version: 2 });
  expect(late).toMatchObject({ status: 403, json: { code: 'NOT_ALLOWED' } });
});

test('an apply and a deletion at once that do not fit together: one is done, the other refused', async () => {
  const spare = runtime.replace('my-custom-runtime', 'spare');
  const uses = example['application.pvn.yaml'].replace('my-custom-runtime', 'spare');
  for (let round = 0; round < 5; round++) {
    await apply({ 'spare.pvn.yaml': spare });
    const version = (await server.context.store.config('runtime', 'spare'))?.version;
    const answers = await Promise.all([
      apply({ 'application.pvn.yaml': uses }),
      server.ask('POST', '/api/v1/configs/delete', { kind: 'runtime', key: 'spare', version }),
    ]);
    const [applied, deleted] = answers.map(({ status }) => status === 200);
    expect(applied).not.toBe(deleted);
    const stored = await server.context.store.config('runtime', 'spare');
    expect(stored !== undefined).toBe(applied);
    await apply({ 'application.pvn.yaml': example['application.pvn.yaml'] });
  }
});

test('one wrong document of five, and none is stored', async () => {
  const files = Object.fromEntries(
    [1, 2, 3, 4].map((n) => [`${n}.pvn.yaml`, `runtime: {name: fifth-${n}, kubernetes: {context: a}}\n`]),
  );
  expect(await apply({ ...files, '5.pvn.yaml': 'runtime: {name: fifth-5}\n' })).toMatchObject({ status: 422 });
  expect((await server.context.store.configs('runtime')).filter(({ key }) => key.startsWith('fifth'))).toEqual([]);
});
