import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { layout } from '../../../src/embedded/layout.js';
import { isAlive } from '../../../src/embedded/process-id.js';
import { livingParts, readState, type State } from '../../../src/embedded/state.js';
import { until } from '../../../src/embedded/wait.js';

/** The built command on a home of its own: everything real. */
let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'tp-up-'));
});
afterAll(async () => {
  await towpath('down', '--force').ended;
  rmSync(home, { recursive: true, force: true });
});

function towpath(...args: string[]) {
  const env = {
    ...process.env,
    TOWPATH_HOME: home,
    TOWPATH_CACHE: path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache'),
    TOWPATH_LISTEN: '127.0.0.1:0',
  };
  const child = spawn(process.execPath, [path.resolve('bin', 'towpath'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended };
}

const state = (): State => readState(layout(home)) as State;

test('two that begin at once end up with one installation, usable for both', async () => {
  const both = await Promise.all([towpath('up', '--detach').ended, towpath('up', '--detach').ended]);
  expect(both.map(({ code, stderr }) => ({ code, stderr: code === 0 ? '' : stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  expect(both[0]?.stdout).toContain(`server      ${state().server}`);
  expect((await fetch(`${state().server}/healthz`)).status).toBe(200);
  expect(livingParts(state())).toHaveLength(5);
});

test('after the supervisor was killed, status says so, and up takes over what runs', async () => {
  const before = livingParts(state());
  process.kill(state().supervisor.pid, 'SIGKILL');
  await until(() => !isAlive(state().supervisor), { timeoutMs: 5000 });
  expect(await towpath('status').ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^unsupervised\n/) });
  expect((await towpath('up', '--detach').ended).code).toBe(0);
  expect(livingParts(state())).toEqual(before);
  expect((await towpath('status').ended).code).toBe(0);
});

test('down ends all of it', async () => {
  const before = livingParts(state());
  expect(await towpath('down').ended).toMatchObject({ code: 0, stdout: 'everything has ended\n' });
  expect(before.filter(({ process: id }) => isAlive(id))).toEqual([]);
  expect(state().phase).toBe('stopped');
});

test('in the foreground Ctrl-C ends all of it', async () => {
  const { child, ended } = towpath('up');
  expect(await until(() => state().phase === 'ready', { timeoutMs: 60_000 })).toBe(true);
  const before = livingParts(state());
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining('ending everything') });
  expect(before).toHaveLength(5);
  expect(before.filter(({ process: id }) => isAlive(id))).toEqual([]);
});
