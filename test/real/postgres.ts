import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface RealPostgres {
  databaseUrl: string;
  stop(): Promise<void>;
}

/** An empty database of its own on the PostgreSQL of the set-up. */
export async function startPostgres(): Promise<RealPostgres> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set: run `npm run test:real`');
  const name = `towpath_test_${randomUUID().replaceAll('-', '')}`;
  await runSql(url, `CREATE DATABASE ${name}`);
  const mine = new URL(url);
  mine.pathname = `/${name}`;
  return { databaseUrl: mine.href, stop: async () => void (await runSql(url, `DROP DATABASE ${name} WITH (FORCE)`)) };
}

/** One statement on a connection of its own, for what the store does not offer. */
export async function runSql(databaseUrl: string, text: string, values: unknown[] = []): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(text, values)).rows;
  } finally {
    await client.end();
  }
}
