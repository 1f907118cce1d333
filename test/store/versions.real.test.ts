import { describe, expect, test } from '@jest/globals';
import { migrations } from '../../src/store/migrations.js';
import { openStore } from '../../src/store/open.js';
import type { NewVersion } from '../../src/server/ports.js';
import { runSql } from '../real/postgres.js';
import { startOf, textIn, textOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

/** A version with this text as its content and its value, of document version 3. */
const versionOf = (service: string, text: string): NewVersion => {
  const { plan } = startOf(service);
  const pinned = { [`service/my-app/${service}`]: 3 };
  return {
    application: 'my-app',
    service,
    contentDigest: () => text,
    plan: (of) => ({ ...plan(of), pinned, values: textOf(text) }),
  };
};

describe('a version without a release', () => {
  test('has the next number, and equal content is the same one', async () => {
    expect(await real.store.createVersion(versionOf('pushed', 'a'))).toMatchObject({ outcome: 'created', number: 1 });
    expect(await real.store.createVersion(versionOf('pushed', 'b'))).toMatchObject({ outcome: 'created', number: 2 });
    expect(await real.store.createVersion(versionOf('pushed', 'a'))).toMatchObject({ outcome: 'existing', number: 1 });
    expect(await real.store.releases({ service: 'pushed', limit: 10 })).toEqual([]);
  });

  test('and releases are numbered apart; both share the numbers of versions', async () => {
    await real.store.createVersion(versionOf('shared', 'a'));
    const { release } = await real.store.createRelease({ ...startOf('shared'), ...versionOf('shared', 'b') });
    expect(release).toMatchObject({ number: 1, version: 2 });
    expect(await real.store.createVersion(versionOf('shared', 'c'))).toMatchObject({ number: 3 });
  });

  test('is numbered without a gap, whoever comes first', async () => {
    const push = (nth: number) => real.store.createVersion(versionOf('many', `content-${nth % 5}`));
    const made = await Promise.all(Array.from({ length: 15 }, (_, nth) => push(nth)));
    expect([...new Set(made.map(({ number }) => number))].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(made.filter(({ outcome }) => outcome === 'created')).toHaveLength(5);
  });

  test('keeps its values and the version of its document', async () => {
    await real.store.createVersion(versionOf('kept', 'a'));
    const content = { number: 1, configVersion: 3, values: textOf('a') };
    expect(await real.store.versionContent('my-app', 'kept', 1)).toEqual(content);
    expect(await real.store.versionContent('my-app', 'kept', 2)).toBeUndefined();
    expect(await real.store.versionContent('other', 'kept', 1)).toBeUndefined();
  });

  test('that cannot be planned leaves no trace', async () => {
    const fail = (): never => {
      throw new Error('no plan');
    };
    const broken = { ...versionOf('broken', 'a'), plan: fail };
    await expect(real.store.createVersion(broken)).rejects.toThrow('no plan');
    expect(await real.store.createVersion(versionOf('broken', 'a'))).toMatchObject({ outcome: 'created', number: 1 });
  });
});

test('the version that was pushed or released last is the one that the next starts from', async () => {
  const latest = async () => textIn(await real.store.latestValues('my-app', 'latest'));
  expect(await latest()).toBeUndefined();
  await real.store.createVersion(versionOf('latest', 'a'));
  await real.store.createRelease({ ...startOf('latest'), ...versionOf('latest', 'b') });
  expect(await latest()).toBe('b');
  await real.store.createVersion(versionOf('latest', 'c'));
  expect(await latest()).toBe('c');
  await real.store.createRelease({ ...startOf('latest', { key: 'key-2', version: 1 }), ...versionOf('latest', 'a') });
  expect(await latest()).toBe('a');
});

test('a database of before gets what its versions are made of from their releases', async () => {
  await runSql(real.databaseUrl, 'CREATE DATABASE before_versions');
  const before = new URL(real.databaseUrl);
  before.pathname = '/before_versions';
  const sql = (text: string, values?: unknown[]) => runSql(before.href, text, values);
  const old = migrations.slice(
    0,
    migrations.findIndex(({ name }) => name === '0008-content-of-versions'),
  );
  await sql('CREATE TABLE migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())');
  for (const { name, sql: text } of old) {
    await sql(text);
    await sql('INSERT INTO migrations (name) VALUES ($1)', [name]);
  }
  await sql(`INSERT INTO services (application, service, last_release, last_version) VALUES ('my-app', 'old', 3, 2)`);
  for (const number of [1, 2])
    await sql(`INSERT INTO versions (application, service, content_digest, number) VALUES ('my-app', 'old', $1, $2)`, [
      `content-${number}`,
      number,
    ]);
  for (const [number, version] of [
    [1, 1],
    [2, 2],
    [3, 1],
  ] as const) {
    const plan = { pinned: { 'service/my-app/old': version + 10 }, values: textOf(`value-${version}`) };
    await sql(
      `INSERT INTO releases (id, application, service, number, version, version_name, digest, requested_by, plan, view, rerun)
       VALUES ($1, 'my-app', 'old', $2, $3, 'v', 'd', 'ann', $4, '{}', false)`,
      [`my-app/old/${number}`, number, version, JSON.stringify(plan)],
    );
  }
  const store = await openStore({ databaseUrl: before.href });
  try {
    for (const number of [1, 2])
      expect(await store.versionContent('my-app', 'old', number)).toEqual({
        number,
        configVersion: number + 10,
        values: textOf(`value-${number}`),
      });
    expect(textIn(await store.latestValues('my-app', 'old'))).toBe('value-1');
  } finally {
    await store.close();
    await runSql(real.databaseUrl, 'DROP DATABASE before_versions WITH (FORCE)');
  }
});
