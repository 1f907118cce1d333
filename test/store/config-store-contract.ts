import { expect, test } from '@jest/globals';
import type { Json } from '../../src/release/plan.js';
import type { NewConfig } from '../../src/server/ports.js';
import type { ConfigStore } from '../fakes/config-store.js';

/** Each test has a document of its own, so that tests of one store do not meet. */
export const configOf = (key: string, digest: string, more: Partial<NewConfig> = {}): NewConfig => ({
  kind: 'application',
  key,
  document: { digest },
  text: `text of ${digest}`,
  digest,
  ...more,
});

/** Every promise about versions of documents, held against one implementation of the port. */
export function describeConfigStore(get: () => ConfigStore): void {
  const apply = async (config: NewConfig, by = 'ann') => (await get().applyConfigs(() => [config], by))[0];
  const remove = (key: string, version: number) =>
    get().deleteConfig({ kind: 'application', key, version }, () => undefined, 'ann');
  const history = (key: string, limit = 50) => get().configVersions('application', key, limit);

  test('a new digest is a new version, an equal one is left alone', async () => {
    expect(await apply(configOf('plain', 'a'))).toEqual({
      kind: 'application',
      key: 'plain',
      version: 1,
      changed: true,
    });
    expect(await apply(configOf('plain', 'a'))).toMatchObject({ version: 1, changed: false });
    expect(await apply(configOf('plain', 'b'))).toMatchObject({ version: 2, changed: true });
    expect(await apply(configOf('plain', 'a'))).toMatchObject({ version: 3, changed: true });
    const newest = { version: 3, appliedBy: 'ann', text: 'text of a' };
    expect(await get().config('application', 'plain')).toMatchObject(newest);
    expect(await get().config('application', 'plain', 2)).toMatchObject({ document: { digest: 'b' } });
    expect(await get().config('application', 'plain', 9)).toBeUndefined();
  });

  test('an equal digest gets a new version when that is asked of the newest', async () => {
    await apply(configOf('again', 'a'));
    expect(await apply(configOf('again', 'a', { again: 1 }))).toMatchObject({ version: 2, changed: true });
    expect(await apply(configOf('again', 'a', { again: 1 }))).toMatchObject({ version: 2, changed: false });
  });

  test('the history says of each version who, when, from where, and what', async () => {
    await apply(configOf('told', 'a', { source: 'commit 1' }));
    await apply(configOf('told', 'a', { source: 'commit 2' }), 'eve');
    await apply(configOf('told', 'b'), 'bob');
    await remove('told', 3);
    await remove('told', 2);
    await apply(configOf('told', 'a', { source: 'commit 1', revertedTo: 1 }), 'eve');
    const appliedAt = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
    const told = [
      { version: 4, appliedBy: 'eve', appliedAt, deleted: false, source: 'commit 1', revertedTo: 1 },
      { version: 3, appliedBy: 'ann', appliedAt, deleted: true },
      { version: 2, appliedBy: 'bob', appliedAt, deleted: false },
      { version: 1, appliedBy: 'ann', appliedAt, deleted: false, source: 'commit 1' },
    ];
    expect(await history('told')).toEqual(told);
    expect(await history('told', 2)).toEqual(told.slice(0, 2));
    expect(await history('untold')).toEqual([]);
  });

  test('a deleted document is gone, and its versions are there', async () => {
    await apply(configOf('gone', 'a'));
    await remove('gone', 1);
    expect(await get().config('application', 'gone')).toBeUndefined();
    expect((await get().configs('application')).map(({ key }) => key)).not.toContain('gone');
    expect(await get().config('application', 'gone', 1)).toMatchObject({ text: 'text of a' });
    expect(await get().config('application', 'gone', 2)).toBeUndefined();
    expect(await apply(configOf('gone', 'a'))).toMatchObject({ version: 3, changed: true });
  });

  test('what comes after a version is stored after no other, and once', async () => {
    await apply(configOf('after', 'a'));
    await apply(configOf('after', 'b'));
    const back = configOf('after', 'a', { after: 2, revertedTo: 1 });
    expect(await apply(back)).toMatchObject({ version: 3, changed: true });
    expect(await apply(back)).toMatchObject({ version: 3, changed: false });
    const code = 'NOT_ALLOWED';
    await expect(apply({ ...back, revertedTo: 2 })).rejects.toMatchObject({ code });
    await apply(configOf('after', 'c'));
    await expect(apply(back)).rejects.toMatchObject({ code, message: expect.stringContaining('version 4 by now') });
    expect(await history('after')).toHaveLength(4);
  });

  test('all are stored or none', async () => {
    const refused = configOf('half-2', 'x', { after: 7 });
    await expect(get().applyConfigs(() => [configOf('half-1', 'x'), refused], 'ann')).rejects.toThrow('half-2');
    expect(await get().config('application', 'half-1')).toBeUndefined();
  });

  test('whoever decides sees the newest of every document, and may refuse', async () => {
    await apply(configOf('seen', 'a'));
    await apply(configOf('seen', 'b'));
    let seen: Json[] = [];
    const refusing = get().applyConfigs((stored) => {
      seen = stored.filter(({ key }) => key === 'seen').map(({ document }) => document);
      throw new Error('no');
    }, 'ann');
    await expect(refusing).rejects.toThrow('no');
    expect(seen).toEqual([{ digest: 'b' }]);
  });
}
