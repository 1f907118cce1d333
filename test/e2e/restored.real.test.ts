import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runSql } from '../real/postgres.js';
import { until } from '../real/until.js';
import { openInstallation, waits, writeDocuments, type Installation } from './installation.js';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation('restored');
}, 180_000);
afterAll(async () => {
  await here?.close();
  await server(`DROP DATABASE IF EXISTS ${backup} WITH (FORCE)`);
});

const backup = `towpath_backup_${process.pid}`;
const server = (sql: string) => runSql(process.env['TEST_DATABASE_URL'] ?? '', sql);
const file = (name: string): string => path.join(here.folder, name);
const idOf = (number: number): string => `restored/my-service/${number}`;

async function towpath(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here.towpath(...args);
  if (code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stderr;
}
const down = () => towpath('down', '--force');
const up = () => towpath('up', '--detach', '--kubeconfig', process.env['TEST_KUBECONFIG'] ?? '');
const start = (key: string) =>
  here.json<{ id: string; warnings: string[] }>('releases', 'start', 'restored/my-service', '--rerun', '--key', key);

/** The numbers of runs, as the programs wrote them down when they began. */
const begun = (): number[] =>
  existsSync(file('ledger')) ? readFileSync(file('ledger'), 'utf8').trim().split('\n').map(Number) : [];

test('after a restored database nothing is adopted that is not ours to adopt, numbers go on above, nothing is doubled', async () => {
  const script = `echo $TOWPATH_RUN >> ${file('ledger')}; while [ -f ${file('hold')} ]; do sleep 0.1; done; echo run $TOWPATH_RUN`;
  await towpath('configs', 'apply', writeDocuments(here, { script }), '--yes');
  await start('first');
  await here.see(idOf(1), 'the first release waits for its approval', waits);
  await down();
  const name = new URL(here.databaseUrl).pathname.slice(1);
  await server(`CREATE DATABASE ${backup} TEMPLATE ${name}`);
  await up();

  await start('second');
  await here.see(idOf(2), 'the second release waits for its approval', waits);
  writeFileSync(file('hold'), '');
  await start('third');
  await until('the third release runs', () => begun().includes(3) || undefined);
  await down();
  await server(`DROP DATABASE ${name} WITH (FORCE)`);
  await server(`ALTER DATABASE ${backup} RENAME TO ${name}`);
  await up();

  const fourth = await start('fourth');
  expect(fourth).toMatchObject({
    id: idOf(4),
    warnings: [expect.stringContaining('number 2 belongs to another release')],
  });
  const queued = await here.see(
    idOf(4),
    'it waits for the run that was forgotten',
    ({ status }) => status === 'QUEUED',
  );
  expect(JSON.stringify(queued)).toContain(idOf(3));
  expect(begun()).toEqual([1, 2, 3]);
  unlinkSync(file('hold'));
  await here.see(idOf(4), 'it goes on', waits);

  expect(begun()).toEqual([1, 2, 3, 4]);
  const jobs = await here.jobs('staging');
  const runOf = (label: string): number[] =>
    jobs.map(({ metadata }) => Number(metadata?.labels?.[label])).toSorted((a, b) => a - b);
  expect([runOf('towpath.dev/release'), runOf('towpath.dev/run')]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
  const runs = await here.sql(
    `SELECT release, run, state, code, log_bytes FROM runs WHERE channel = 'staging' ORDER BY run`,
  );
  expect(runs.map(({ release, run, code }) => [release, run, code])).toEqual([1, 3, 4].map((n) => [n, n, 'SUCCEEDED']));
  expect(Number(runs[1]?.['log_bytes'])).toBe('run 3\n'.length);

  // The backup had it waiting; Temporal remembers that the second one replaced it.
  const first = await here.see(idOf(1), 'the first release is ended', ({ endedAt }) => endedAt !== undefined);
  expect(first.channels.map(({ status }) => status)).toEqual(['CONVERGED', 'CANCELLED']);
  expect(JSON.stringify(first)).toContain('its workflow was completed as REPLACED in Temporal');

  const told = await towpath('doctor', '--restored');
  expect(told).toMatch(/^epoch [1-9]\d* has begun/m);
  // The third one was replaced when the fourth came to production; nobody has told the second one.
  expect(told).toContain(idOf(2));
  expect(told).not.toContain(idOf(4));
}, 300_000);
