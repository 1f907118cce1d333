import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { layout, partNames } from '../../src/embedded/layout.js';
import { isAlive } from '../../src/embedded/process-id.js';
import { keepPorts } from '../../src/embedded/ports.js';
import { isSupervised, livingParts } from '../../src/embedded/state.js';
import type { ReleaseView } from '../../src/release/view.js';
import { openStack, startRelease, type OwnStack } from '../e2e/own-stack.js';
import { until } from '../real/until.js';

/** Real parts, and what a person sees of them while they die, hang and come back. */
let here: OwnStack;
beforeAll(async () => {
  here = await openStack();
}, 180_000);
afterAll(() => here?.close());

const parts = partNames.map((name) => [name] as const);
const everythingRuns = (): Promise<unknown> =>
  until('everything runs', async () => (await here.towpath('status')).code === 0, { withinMs: 90_000 });

/** Status until it has `text` among its first lines; it ends with 1 as long as something is not usable. */
const statusSays = (text: RegExp): Promise<string> =>
  until(`status says ${text}`, async () => {
    const { code, stdout } = await here.towpath('status');
    const [head = ''] = stdout.split('\n\n');
    return code === 1 && text.test(head) ? stdout : undefined;
  });

test.each(parts)(
  'kill -9 of %s: status says so, it is started again, the others are left alone',
  async (name) => {
    await everythingRuns();
    const before = here.state();
    // The supervisor would have it back before a slow machine has asked once.
    here.kill('supervisor', 'SIGSTOP');
    try {
      await here.killed(name);
      await statusSays(new RegExp(`^not usable\n(.*\n)*${name}: its process \\d+ is gone`));
    } finally {
      here.kill('supervisor', 'SIGCONT');
    }
    await everythingRuns();
    const { parts: after } = here.state();
    expect(after[name]).toMatchObject({ restarts: before.parts[name].restarts + 1, lastError: 'ended with SIGKILL' });
    for (const other of partNames.filter((each) => each !== name))
      expect(after[other].process).toEqual(before.parts[other].process);
  },
  300_000,
);

test.each(parts)(
  'SIGSTOP of %s: status says that it does not answer, and how it goes on',
  async (name) => {
    await everythingRuns();
    const id = here.pid(name);
    here.kill(name, 'SIGSTOP');
    await statusSays(new RegExp(`${name}: silent, does not answer since .*kill -CONT ${id}`));
    here.kill(name, 'SIGCONT');
    await everythingRuns();
    expect(here.pid(name)).toBe(id);
  },
  300_000,
);

test('SIGSTOP of the supervisor: status says that nothing is started again, and down ends everything all the same', async () => {
  const before = livingParts(here.state());
  here.kill('supervisor', 'SIGSTOP');
  await statusSays(/the supervisor is stopped.*kill -CONT \d+/);
  expect(await here.towpath('down')).toMatchObject({ code: 0, stdout: 'everything has ended\n' });
  expect(before.filter(({ process: id }) => isAlive(id))).toEqual([]);
  expect((await here.towpath('up', '--detach')).code).toBe(0);
});

test.each(parts)(
  'kill -9 of the supervisor and then of %s: up brings back that one, and keeps the others',
  async (name) => {
    await everythingRuns();
    await here.killed('supervisor');
    const before = here.state();
    await here.killed(name);
    await statusSays(new RegExp(`^unsupervised\n${name}: its process \\d+ is gone`));
    expect((await here.towpath('up', '--detach')).code).toBe(0);
    const { parts: after } = here.state();
    for (const other of partNames.filter((each) => each !== name))
      expect(after[other]).toMatchObject({ process: before.parts[other].process, note: 'ran already' });
    await everythingRuns();
  },
);

test('kill -9 of everything at once: up goes on where it stopped, on the same ports', async () => {
  const before = here.state();
  for (const { process: id } of [{ process: before.supervisor }, ...livingParts(before)])
    process.kill(id.pid, 'SIGKILL');
  await until('all are gone', () => livingParts(before).length === 0 && !isSupervised(before));
  expect((await here.towpath('status')).stdout).toMatch(/^stopped\n/);
  expect((await here.towpath('up', '--detach')).code).toBe(0);
  await everythingRuns();
  const addresses = partNames.map((name) => here.state().parts[name].address);
  expect(addresses).toEqual(partNames.map((name) => before.parts[name].address));
});

test('down while a Job runs is refused and names the run; --force ends it, and the next up says what became of it', async () => {
  const id = await startRelease(here, 'long', `count ${here.folder}/long sleep 3600`);
  await until('the program runs', () => here.lines('long').length === 1, { withinMs: 90_000 });
  const refused = await here.towpath('down');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('JOBS_RUNNING') });
  expect(refused.stderr).toContain(`${id} staging: run 1 (apply), Job `);
  await everythingRuns();
  expect((await here.towpath('down', '--force')).code).toBe(0);
  expect((await here.towpath('up', '--detach')).code).toBe(0);
  const failed = ({ channels }: ReleaseView): boolean => channels[0]?.status === 'FAILED';
  const view = await here.see(id, 'the run is known to be lost', failed);
  expect(view.channels[0]?.explanations).toMatchObject([{ code: 'DISRUPTED' }]);
  expect(here.lines('long')).toHaveLength(1);
}, 300_000);

test.each(['temporal', 'server'] as const)(
  'the port of %s taken while nothing ran: up names it and what to change, and leaves nothing running',
  async (name) => {
    expect((await here.towpath('down', '--force')).code).toBe(0);
    const port = (await keepPorts(layout(here.home).ports))[name];
    const other = createServer().listen(port, '127.0.0.1');
    await until('the port is taken', () => other.listening);
    try {
      const { code, stderr } = await here.towpath('up', '--detach');
      expect([code, stderr]).toEqual([1, expect.stringContaining(`PORT_TAKEN: port ${port}, which ${name} wants`)]);
      expect(livingParts(here.state())).toEqual([]);
      expect((await here.towpath('status')).stdout).toContain(`PORT_TAKEN: port ${port}`);
    } finally {
      await new Promise((done) => other.close(done));
    }
    expect((await here.towpath('up', '--detach')).code).toBe(0);
  },
);
