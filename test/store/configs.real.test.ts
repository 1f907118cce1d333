import { expect, test } from '@jest/globals';
import type { Json } from '../../src/release/plan.js';
import type { NewConfig } from '../../src/server/ports.js';
import { openStore } from '../../src/store/open.js';
import { runSql } from '../real/postgres.js';
import { configOf, describeConfigStore } from './config-store-contract.js';
import { useStore } from './use-store.js';

const real = useStore();

describeConfigStore(() => real.store);

test('applies at once get versions of their own, and none is lost', async () => {
  const applies = Array.from({ length: 10 }, (_, nth) =>
    real.store.applyConfigs(() => [configOf('busy', `d${nth}`)], 'ann'),
  );
  const versions = (await Promise.all(applies)).map((answer) => answer[0]?.version ?? 0);
  expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('an error of the database inside the transaction leaves nothing of it', async () => {
  const broken = configOf('broken-5', 'x', { digest: null as unknown as string });
  const good = ['broken-1', 'broken-2', 'broken-3', 'broken-4'].map((key) => configOf(key, 'x'));
  await expect(real.store.applyConfigs(() => [...good, broken], 'ann')).rejects.toThrow(/configs/);
  expect((await real.store.configs()).filter(({ key }) => key.startsWith('broken'))).toEqual([]);
  expect(await real.store.configVersions('application', 'broken-1', 1)).toEqual([]);
});

test('a document is read as it was stored, whatever JSON it is', async () => {
  const documents: Json[] = [{ a: [1, 'two', null, { b: true }] }, '12', 'text', 12, true, []];
  for (const [nth, document] of documents.entries()) {
    await real.store.applyConfigs(() => [configOf(`json-${nth}`, 'd', { document })], 'ann');
    expect((await real.store.config('application', `json-${nth}`))?.document).toEqual(document);
  }
});

test('linked clusters are the runtimes whose newest document links one', async () => {
  const runtime = (key: string, document: Json): NewConfig => ({
    kind: 'runtime',
    key,
    document,
    text: '',
    digest: JSON.stringify(document),
  });
  await real.store.applyConfigs(
    () => [
      runtime('ops', { kind: 'runtime', name: 'ops', kubernetes: { context: 'old' } }),
      runtime('vm', { kind: 'runtime', name: 'vm', extension: { cluster: 'ops' } }),
    ],
    'ann',
  );
  await real.store.applyConfigs(
    () => [runtime('ops', { kind: 'runtime', name: 'ops', kubernetes: { context: 'new' } })],
    'ann',
  );
  expect(await real.store.linkedClusters()).toEqual([{ name: 'ops', link: { context: 'new' } }]);
  expect((await real.store.configs('runtime')).map((row) => [row.key, row.version])).toEqual([
    ['ops', 2],
    ['vm', 1],
  ]);
});

test('versions that were stored before sources were kept have none', async () => {
  await real.store.applyConfigs(() => [configOf('old', 'a', { source: 'lost' })], 'ann');
  const before = `ALTER TABLE configs DROP COLUMN source, DROP COLUMN reverted_to;
    DELETE FROM migrations WHERE name = '0009-sources-of-configs'`;
  await runSql(real.databaseUrl, before);
  const store = await openStore({ databaseUrl: real.databaseUrl });
  try {
    const [version] = await store.configVersions('application', 'old', 1);
    expect(version).toEqual({ version: 1, appliedBy: 'ann', appliedAt: expect.any(String), deleted: false });
    await store.applyConfigs(() => [configOf('old', 'b', { source: 'commit 2' })], 'ann');
    expect(await store.configVersions('application', 'old', 1)).toMatchObject([{ version: 2, source: 'commit 2' }]);
  } finally {
    await store.close();
  }
});

test('what another server applies or deletes is seen at once, whatever was read before', async () => {
  const other = await openStore({ databaseUrl: real.databaseUrl });
  const versions = async (): Promise<number[]> =>
    (await real.store.configs()).filter(({ key }) => key === 'shared').map(({ version }) => version);
  try {
    await other.applyConfigs(() => [configOf('shared', 'one')], 'ann');
    expect([await versions(), await versions()]).toEqual([[1], [1]]);
    await other.applyConfigs(() => [configOf('shared', 'two')], 'ann');
    expect(await versions()).toEqual([2]);
    await other.deleteConfig({ kind: 'application', key: 'shared', version: 2 }, () => undefined, 'ann');
    expect(await versions()).toEqual([]);
    await other.applyConfigs(() => [configOf('shared', 'two')], 'ann');
    expect(await versions()).toEqual([4]);
  } finally {
    await other.close();
  }
});

test('another document under the number of one that was read before is another one', async () => {
  await real.store.applyConfigs(() => [configOf('restored', 'before', { text: 'before' })], 'ann');
  const textNow = async () => (await real.store.configs()).find(({ key }) => key === 'restored')?.text;
  expect(await textNow()).toBe('before');
  await runSql(real.databaseUrl, `DELETE FROM configs WHERE key = 'restored'`);
  await real.store.applyConfigs(() => [configOf('restored', 'after', { text: 'after' })], 'ann');
  expect(await textNow()).toBe('after');
});

test('nobody can change what others read', async () => {
  await real.store.applyConfigs(() => [configOf('frozen', 'd', { document: { list: [1] } })], 'ann');
  const found = (await real.store.configs()).filter(({ key }) => key === 'frozen');
  expect(found).toHaveLength(1);
  for (const { document } of found)
    expect(() => (document as unknown as { list: number[] }).list.push(2)).toThrow(TypeError);
});
