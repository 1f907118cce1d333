import { expect, jest, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { createDatabase } from '../../src/store/database.js';
import { startLink } from '../faults/link.js';
import { useStore } from './use-store.js';

const real = useStore();

test('a transaction that gets no answer gives its connection up, and asks nothing more of it', async () => {
  const url = new URL(real.databaseUrl);
  const link = await startLink(Number(url.port));
  url.port = String(link.port);
  const pool = new pg.Pool({ connectionString: url.href, query_timeout: 2000 });
  const asked: string[] = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    jest.spyOn(client, 'query').mockImplementation((...all: Parameters<typeof query>) => {
      asked.push(JSON.stringify(all[0]));
      return query(...all);
    });
  });
  const answer = createDatabase(pool).write(async (tx) => {
    link.fail('drop');
    await tx.execute(sql`SELECT 1`);
  });
  await expect(answer).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(asked).toEqual([expect.stringContaining('BEGIN'), expect.stringContaining('SELECT 1')]);
  expect(pool.totalCount).toBe(0);
  link.close();
  await pool.end();
});

test('a connection to a database that takes no writes is given up: the next one may lead to one that does', async () => {
  const pool = new pg.Pool({ connectionString: real.databaseUrl });
  pool.on('connect', (client) => void client.query('SET default_transaction_read_only = on'));
  const answer = createDatabase(pool).write((tx) => tx.execute(sql`DELETE FROM slot_waiters`));
  await expect(answer).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', message: expect.stringContaining('25006') });
  expect(pool.totalCount).toBe(0);
  await pool.end();
});
