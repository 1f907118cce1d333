import { expect, test } from '@jest/globals';
import type { Json } from '../../src/release/plan.js';
import type { NewConfig } from '../../src/server/ports.js';
import { useStore } from './use-store.js';

const real = useStore();

const config = (key: string, digest: string, document: Json = { digest }): NewConfig => ({
  kind: 'application',
  key,
  document,
  text: `text of ${digest}`,
  digest,
});

test('a new digest is a new version, an equal one is left alone', async () => {
  const apply = async (digest: string) => (await real.store.applyConfigs(() => [config('plain', digest)], 'ann'))[0];
  expect(await apply('a')).toEqual({ kind: 'application', key: 'plain', version: 1, changed: true });
  expect(await apply('a')).toMatchObject({ version: 1, changed: false });
  expect(await apply('b')).toMatchObject({ version: 2, changed: true });
  expect(await apply('a')).toMatchObject({ version: 3, changed: true });
  expect(await real.store.config('application', 'plain')).toMatchObject({
    version: 3,
    appliedBy: 'ann',
    text: 'text of a',
  });
  expect(await real.store.config('application', 'plain', 2)).toMatchObject({ document: { digest: 'b' } });
  expect(await real.store.config('application', 'plain', 9)).toBeUndefined();
});

test('applies at once get versions of their own, and none is lost', async () => {
  const applies = Array.from({ length: 10 }, (_, nth) =>
    real.store.applyConfigs(() => [config('busy', `d${nth}`)], 'ann'),
  );
  const versions = (await Promise.all(applies)).map((answer) => answer[0]?.version ?? 0);
  expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('all are stored or none', async () => {
  const broken = { ...config('half-2', 'x'), digest: null as unknown as string };
  await expect(real.store.applyConfigs(() => [config('half-1', 'x'), broken], 'ann')).rejects.toThrow(/configs/);
  expect(await real.store.config('application', 'half-1')).toBeUndefined();
});

test('a document is read as it was stored, whatever JSON it is', async () => {
  const documents: Json[] = [{ a: [1, 'two', null, { b: true }] }, '12', 'text', 12, true, []];
  for (const [nth, document] of documents.entries()) {
    await real.store.applyConfigs(() => [config(`json-${nth}`, 'd', document)], 'ann');
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
