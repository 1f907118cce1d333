import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { layout } from '../../src/embedded/layout.js';
import type { Part } from '../../src/embedded/part.js';
import { identify } from '../../src/embedded/process-id.js';
import { readState, type PartState, type State } from '../../src/embedded/state.js';
import { Supervision } from '../../src/embedded/supervisor.js';
import { until } from '../real/until.js';
import { fakeHome, fakePart, freePort, listening, type Home } from './fake-parts.js';

/** What becomes of a part that once ran, under a supervisor that goes on. */
const mine = identify(process.pid) ?? { pid: 0, startTime: '' };
let home: Home;
let stop: AbortController;
let run: Promise<void>;
let last: State;
beforeEach(() => {
  home = fakeHome();
  stop = new AbortController();
  run = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await Promise.allSettled([run]);
  home.remove();
});

function supervise(...parts: Part[]): void {
  const onChange = (state: State): void => void (last = structuredClone(state));
  run = new Supervision(home.installation(parts), { mine, before: undefined, onChange }).run(stop.signal);
}
const temporal = (): PartState => last.parts.temporal;
const pid = (): number => temporal().process?.pid ?? 0;
const reaches = (state: PartState['state']): Promise<unknown> =>
  until(`temporal is ${state}`, () => temporal()?.state === state);
const ready = (): Promise<unknown> => until('all is ready', () => last?.phase === 'ready');

test('a part that does not answer is said to be silent and left alone, and is ready again when it answers', async () => {
  supervise(fakePart('temporal', await freePort()));
  await ready();
  const { process: id } = temporal();
  process.kill(pid(), 'SIGSTOP');
  await reaches('silent');
  expect(temporal().note).toMatch(/^does not answer since \d\d:\d\d:\d\d; its process is stopped: `kill -CONT \d+`/);
  process.kill(pid(), 'SIGCONT');
  await reaches('ready');
  expect(temporal()).toMatchObject({ process: id, restarts: 0 });
  expect(temporal().note).toBeUndefined();
});

test('a stopped part ends with the others', async () => {
  const port = await freePort();
  supervise(fakePart('temporal', port, { stopGraceMs: 60_000 }));
  await ready();
  process.kill(pid(), 'SIGSTOP');
  stop.abort();
  await run;
  expect(await listening(port)).toBe(false);
});

test('a part whose port was taken when it died says which, and comes back once it is free', async () => {
  const port = await freePort();
  const other = createServer();
  let taken = true;
  const taking = fakePart('temporal', port, {
    beforeLaunch: async () => {
      if (last.phase === 'ready' && taken && !other.listening)
        await new Promise<void>((go) => other.listen(port, '127.0.0.1', go));
    },
  });
  supervise(taking);
  await ready();
  process.kill(pid(), 'SIGKILL');
  await until('the port is named', () => temporal().note?.includes(`port ${port}, which temporal wants`));
  expect(temporal()).toMatchObject({ state: 'restarting', restarts: 1 });
  taken = false;
  await new Promise((done) => other.close(done));
  await reaches('ready');
  expect(temporal()).toMatchObject({ restarts: 1, restartedAt: expect.any(String) });
});

test('a log that grows without an end is bounded while its part runs', async () => {
  const port = await freePort();
  const chatty = `setInterval(() => console.log('x'.repeat(1024 * 1024)), 50)`;
  const listens = `require('node:net').createServer((s) => s.end()).listen(${port}, '127.0.0.1')`;
  const launch = { command: process.execPath, args: ['-e', `${listens}; ${chatty}`] };
  supervise(fakePart('temporal', port, { prepare: () => Promise.resolve(launch) }));
  await ready();
  const file = layout(home.folder).log('temporal');
  await until('the log was begun anew', () => existsSync(`${file}.1`));
  rmSync(`${file}.1`);
  await until('and again', () => existsSync(`${file}.1`));
  expect(temporal()).toMatchObject({ state: 'ready', restarts: 0 });
});

test('a part whose process cannot be written down is not started', async () => {
  const port = await freePort();
  mkdirSync(layout(home.folder).state);
  supervise(fakePart('temporal', port));
  await expect(run).rejects.toMatchObject({ code: 'PART_FAILED', message: expect.stringContaining('written down') });
  expect(await listening(port)).toBe(false);
});

test('a state that cannot be written ends nothing, and is written when it can be', async () => {
  const { state: file } = layout(home.folder);
  const port = await freePort();
  supervise(fakePart('temporal', port));
  await ready();
  const { process: before } = temporal();
  rmSync(file);
  mkdirSync(file);
  process.kill(pid(), 'SIGSTOP');
  await reaches('silent');
  process.kill(pid(), 'SIGCONT');
  await reaches('ready');
  rmSync(file, { recursive: true });
  await until('the state is there', () => readState(layout(home.folder)) !== undefined);
  expect(readState(layout(home.folder))?.parts.temporal).toMatchObject({ state: 'ready', process: before });
});
