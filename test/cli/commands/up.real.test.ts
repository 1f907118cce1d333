import { afterAll, expect, test } from '@jest/globals';
import { isAlive } from '../../../src/embedded/process-id.js';
import { livingParts } from '../../../src/embedded/state.js';
import { until } from '../../../src/embedded/wait.js';
import { builtTowpath } from '../built-towpath.js';

const towpath = builtTowpath();
const { run, state } = towpath;
afterAll(() => towpath.remove());

test('two that begin at once end up with one installation, usable for both', async () => {
  const both = await Promise.all([run('up', '--detach'), run('up', '--detach')]);
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
  expect(await run('status')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^unsupervised\n/) });
  expect((await run('up', '--detach')).code).toBe(0);
  expect(livingParts(state())).toEqual(before);
  expect((await run('status')).code).toBe(0);
});

test('down ends all of it', async () => {
  const before = livingParts(state());
  expect(await run('down')).toMatchObject({ code: 0, stdout: 'everything has ended\n' });
  expect(before.filter(({ process: id }) => isAlive(id))).toEqual([]);
  expect(state().phase).toBe('stopped');
});

test('in the foreground Ctrl-C ends all of it', async () => {
  const { child, ended } = towpath.start('up');
  expect(await until(() => state().phase === 'ready', { timeoutMs: 60_000 })).toBe(true);
  const before = livingParts(state());
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining('ending everything') });
  expect(before).toHaveLength(5);
  expect(before.filter(({ process: id }) => isAlive(id))).toEqual([]);
});
