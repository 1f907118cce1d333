import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { openStore, type Store } from '../../src/store/open.js';
import { runSql, startPostgres } from '../real/postgres.js';

/** A store that is opened and closed again. */
async function using<T>(databaseUrl: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ databaseUrl });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const epochOf = (databaseUrl: string) => using(databaseUrl, (store) => store.epoch());

/** A database of its own, with a store that was used. */
async function used(work: (databaseUrl: string) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  try {
    await using(postgres.databaseUrl, (store) => store.ping());
    await work(postgres.databaseUrl);
  } finally {
    await postgres.stop();
  }
}

test('the same database is in no doubt, however often it is opened', () =>
  used(async (url) => {
    expect(await epochOf(url)).toBeUndefined();
    await using(url, async (store) => expect(await store.noteDatabase()).toBeUndefined());
    expect(await epochOf(url)).toBeUndefined();
  }));

test('a copy of a database is another one: an epoch begins when it is opened, once', () =>
  used(async (url) => {
    const copy = new URL(url);
    copy.pathname = `/towpath_copy_${randomUUID().replaceAll('-', '')}`;
    const name = copy.pathname.slice(1);
    const server = process.env['TEST_DATABASE_URL'] ?? '';
    await runSql(server, `CREATE DATABASE ${name} TEMPLATE ${new URL(url).pathname.slice(1)}`);
    try {
      expect(await epochOf(copy.href)).toMatchObject({
        number: 1,
        why: expect.stringContaining('restored') as unknown,
      });
      expect(await epochOf(copy.href)).toMatchObject({ number: 1 });
    } finally {
      await runSql(server, `DROP DATABASE ${name} WITH (FORCE)`);
    }
  }));

test('so are tables that were made anew, as a restored dump does', () =>
  used(async (url) => {
    await runSql(url, 'CREATE TABLE anew AS TABLE installation');
    await runSql(url, 'DROP TABLE installation');
    await runSql(url, 'ALTER TABLE anew RENAME TO installation');
    expect(await epochOf(url)).toMatchObject({ number: 1 });
  }));

test('another timeline, or another server, is another database while everything runs', () =>
  used((url) =>
    using(url, async (store) => {
      const other = (part: number): string =>
        `UPDATE installation SET database_identity = (
          SELECT string_agg(CASE WHEN at = ${part} THEN word || '0' ELSE word END, '/' ORDER BY at)
          FROM unnest(string_to_array(database_identity, '/')) WITH ORDINALITY AS words (word, at))`;
      for (const part of [1, 2]) {
        await runSql(url, other(part));
        expect(await store.noteDatabase()).toBe(part);
        expect(await store.noteDatabase()).toBeUndefined();
      }
    }),
  ));

test('an epoch is begun by hand as well, with the reason', () =>
  used((url) =>
    using(url, async (store) => {
      expect(await store.beginEpoch('said by an operator')).toBe(1);
      expect(await store.beginEpoch('again')).toBe(2);
      expect(await store.epoch()).toEqual({ number: 2, at: expect.any(String), why: 'again' });
    }),
  ));
