import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { layout as layoutOf, type Layout } from '../../src/embedded/layout.js';
import { PartRunner } from '../../src/embedded/part-runner.js';
import { keepPorts } from '../../src/embedded/ports.js';
import { ensurePassword, postgresPart, postgresUrl } from '../../src/embedded/postgres.js';
import type { ProcessId } from '../../src/embedded/process-id.js';
import { runSql } from '../real/postgres.js';

/** One PostgreSQL of its own, killed again and again. */
let layout: Layout;
let url: string;
let port: number;
let current: { runner: PartRunner; process: ProcessId | undefined };

async function start(): Promise<void> {
  const next: { process: ProcessId | undefined } = { process: undefined };
  const runner = new PartRunner({
    part: postgresPart(layout, port),
    logFile: layout.log('postgres'),
    before: undefined,
    change: ({ process: started }) => {
      next.process = started ?? next.process;
      return true;
    },
    signal: new AbortController().signal,
  });
  await runner.start();
  current = { runner, process: next.process };
}

const kill = (): boolean => process.kill(current.process?.pid ?? 0, 'SIGKILL');

beforeAll(async () => {
  layout = layoutOf(mkdtempSync(path.join(tmpdir(), 'towpath-pg-')));
  port = (await keepPorts(layout.ports)).postgres;
  url = postgresUrl(port, ensurePassword(layout.postgresPassword));
  await start();
});
afterAll(async () => {
  await current.runner.stop();
  rmSync(layout.home, { recursive: true, force: true });
});

test('what was committed is there after kill -9', async () => {
  await runSql(url, 'CREATE TABLE kept (value text)');
  await runSql(url, `INSERT INTO kept VALUES ('before the kill')`);
  kill();
  await start();
  expect(await runSql(url, 'SELECT value FROM kept')).toEqual([{ value: 'before the kill' }]);
});

test('a lock left by a process whose number another one has now does not keep it from starting', async () => {
  await current.runner.stop();
  // A process of the same account, so that PostgreSQL takes it for its own: the set-up's other server has some.
  const other = await runSql(
    process.env['TEST_DATABASE_URL'] ?? '',
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`,
  );
  const stale = [String(other[0]?.['pid']), layout.postgres, '0', String(port), '', '127.0.0.1', '0 0', 'ready'];
  writeFileSync(path.join(layout.postgres, 'postmaster.pid'), `${stale.join('\n')}\n`);
  await start();
  expect(await runSql(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('it listens on loopback only, and wants the password', async () => {
  expect(await runSql(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  await expect(runSql(postgresUrl(port, 'wrong'), 'SELECT 1')).rejects.toThrow('password authentication failed');
});
