import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identify, isAlive } from '../../src/embedded/process-id.js';
import { holdProcess } from '../../src/embedded/part-process.js';
import type { Part } from '../../src/embedded/part.js';
import { readState, type State } from '../../src/embedded/state.js';
import { Supervision } from '../../src/embedded/supervisor.js';
import { until } from '../../src/embedded/wait.js';
import { fakeHome, fakePart, freePort, listening, type Home } from './fake-parts.js';

const mine = identify(process.pid) ?? { pid: 0, startTime: '' };
let home: Home;
let stop: AbortController;
let running: Promise<void>[];
beforeEach(() => {
  home = fakeHome();
  stop = new AbortController();
  running = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.allSettled(running);
  home.remove();
});

function supervise(parts: Part[], before?: State) {
  const states: State[] = [];
  const supervision = new Supervision(home.installation(parts), {
    mine,
    before,
    onChange: (state) => void states.push(structuredClone(state)),
  });
  const run = supervision.run(stop.signal);
  running.push(run);
  const reached = (phase: State['phase']): Promise<boolean> =>
    until(() => states.at(-1)?.phase === phase, { timeoutMs: 15_000, everyMs: 10 });
  return { run, states, reached, state: () => states.at(-1) as State };
}

test('a part starts when those it needs are usable, and all end in the opposite order', async () => {
  const [postgres, server] = [await freePort(), await freePort()];
  let usableBefore = false;
  const parts = [
    fakePart('postgres', postgres),
    fakePart('server', server, {
      needs: ['postgres'],
      beforeLaunch: async () => void (usableBefore = await listening(postgres)),
    }),
  ];
  const { run, states, reached, state } = supervise(parts);
  expect(await reached('ready')).toBe(true);
  expect(usableBefore).toBe(true);
  expect(readState(home.installation(parts).layout)).toEqual(state());
  stop.abort();
  await run;
  expect(state().phase).toBe('stopped');
  expect([await listening(postgres), await listening(server)]).toEqual([false, false]);
  const ended = states.map(({ parts: all }) => `${all.server.state} ${all.postgres.state}`);
  expect(ended.indexOf('stopped ready')).toBeLessThan(ended.indexOf('stopped stopped'));
});

test('a part that dies is started again, and the state says how often and why', async () => {
  const port = await freePort();
  const { reached, state } = supervise([fakePart('temporal', port)]);
  await reached('ready');
  const first = state().parts.temporal.process;
  process.kill(first?.pid ?? 0, 'SIGKILL');
  const again = (): boolean => state().parts.temporal.restarts === 1 && state().parts.temporal.state === 'ready';
  expect(await until(again, { timeoutMs: 15_000 })).toBe(true);
  expect(state().parts.temporal.lastError).toBe('ended with SIGKILL');
  expect(state().parts.temporal.process).not.toEqual(first);
});

test('a part that cannot start ends the others, and says what it said', async () => {
  const port = await freePort();
  const words = `console.error('no such shelf'); process.exit(7)`;
  const { run, reached, state } = supervise([
    fakePart('postgres', port),
    fakePart('server', await freePort(), {
      needs: ['postgres'],
      prepare: () => Promise.resolve({ command: process.execPath, args: ['-e', words] }),
    }),
  ]);
  await expect(run).rejects.toMatchObject({ code: 'PART_FAILED', message: expect.stringContaining('no such shelf') });
  await reached('failed');
  expect(state().error).toMatchObject({
    code: 'PART_FAILED',
    message: expect.stringContaining('server ended with code 7 while it started'),
    hint: expect.stringContaining('server.log'),
  });
  expect(await listening(port)).toBe(false);
});

test('what is still being prepared when another part fails is given up, and never launched', async () => {
  let launched = false;
  const slow = fakePart('cluster', await freePort(), {
    prepare: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up')), { once: true })),
    beforeLaunch: () => Promise.resolve(void (launched = true)),
  });
  const broken = fakePart('postgres', await freePort(), {
    prepare: () => Promise.reject(new Error('no binaries')),
  });
  const { run } = supervise([slow, broken]);
  await expect(run).rejects.toThrow('no binaries');
  expect(launched).toBe(false);
});

test('a part that never gets usable is ended when its time is over', async () => {
  const port = await freePort();
  const { run } = supervise([fakePart('worker', port, { usable: () => Promise.resolve(false), startTimeoutMs: 600 })]);
  await expect(run).rejects.toMatchObject({ message: expect.stringContaining('worker was not usable after 0.6 s') });
  expect(await listening(port)).toBe(false);
});

test('a port that another program uses is named, with the way out', async () => {
  const port = await freePort();
  const other = await holdProcess(
    { command: process.execPath, args: ['-e', `require('net').createServer().listen(${port}, '127.0.0.1')`] },
    `${home.folder}/other.log`,
  );
  other.go();
  try {
    await until(() => listening(port), { timeoutMs: 10_000 });
    const { run } = supervise([fakePart('server', port)]);
    await expect(run).rejects.toMatchObject({ code: 'PORT_TAKEN', hint: 'end that program, or choose another' });
  } finally {
    process.kill(other.id.pid, 'SIGKILL');
  }
});

/** The state that a supervisor leaves when it is killed: its parts go on. */
async function killed(part: Part): Promise<State> {
  const launch = await part.prepare({ report: () => undefined, signal: stop.signal });
  const { id, go } = await holdProcess(launch, `${home.folder}/${part.name}.log`);
  go();
  await until(() => part.usable({ log: () => '', adopted: true }), { timeoutMs: 10_000 });
  const { fingerprint } = await import('../../src/embedded/part-process.js');
  const { initial } = home.installation([part]);
  const known = { ...initial.parts[part.name], state: 'ready' as const, process: id, fingerprint: fingerprint(launch) };
  return {
    ...initial,
    phase: 'ready',
    supervisor: { pid: 1, startTime: 'gone' },
    parts: { ...initial.parts, [part.name]: known },
  };
}

test('what a killed supervisor left running is taken over', async () => {
  const part = fakePart('temporal', await freePort());
  const before = await killed(part);
  const { reached, state } = supervise([part], before);
  await reached('ready');
  expect(state().parts.temporal).toMatchObject({
    process: before.parts.temporal.process,
    note: 'ran already',
    tookMs: 0,
  });
});

test('what runs otherwise than is wanted now is ended, and started as it should be', async () => {
  const port = await freePort();
  const before = await killed(fakePart('temporal', port));
  const old = before.parts.temporal.process;
  const changed = fakePart('temporal', port, {
    prepare: async () => ({
      ...(await fakePart('temporal', port).prepare({ report: () => undefined, signal: stop.signal })),
      env: { NEW: '1' },
    }),
  });
  const { reached, state } = supervise([changed], before);
  await reached('ready');
  expect(state().parts.temporal.process).not.toEqual(old);
  expect(old && isAlive(old)).toBe(false);
});

test('what is left running and is now given from elsewhere is ended', async () => {
  const port = await freePort();
  const before = await killed(fakePart('postgres', port));
  const { reached } = supervise([fakePart('temporal', await freePort())], before);
  await reached('ready');
  expect(await listening(port)).toBe(false);
});
