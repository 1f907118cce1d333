import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { layout, type PartName } from '../../src/embedded/layout.js';
import { processesIn } from '../../src/embedded/postgres-lock.js';
import type { ReleaseView } from '../../src/release/view.js';
import { sendSignal } from '../real/send-signal.js';
import { until } from '../real/until.js';
import { over, waits } from './installation.js';
import { openStack, startRelease, type OwnStack } from './own-stack.js';

/** How long a part stays away. Five minutes (300000) is longer than every time-out on the way; that run is for a change of them. */
const outageMs = Number(process.env['TOWPATH_TEST_OUTAGE_MS'] ?? 10_000);
const boundMs = 2 * outageMs + 300_000;

type Away = 'is stopped' | 'is killed';
let here: OwnStack;
const count = (name: string): string => `count ${path.join(here.folder, name)}`;
const sequence = { of: 0 };
let stopped: number[] = [];

/** Takes a part away, and answers how it comes back. A killed one would be started again at once, so its supervisor goes first. */
async function takeAway(part: PartName, how: Away): Promise<() => Promise<void>> {
  if (how === 'is stopped') {
    signalAll(part, 'SIGSTOP');
    return async () => signalAll(part, 'SIGCONT');
  }
  await here.killed('supervisor');
  await here.killed(part);
  return async () => {
    const up = await here.towpath('up', '--detach');
    expect([up.code, up.stderr]).toEqual([0, expect.stringContaining(`${part}: ready`)]);
  };
}

/** PostgreSQL answers by a process for each connection, and those go on without the first, which makes them. */
function signalAll(part: PartName, name: NodeJS.Signals): void {
  process.kill(here.pid(part), name);
  const pids = part === 'postgres' ? processesIn(layout(here.home).postgres) : [here.pid(part)];
  const told = pids.filter((pid) => sendSignal(pid, name));
  stopped = name === 'SIGSTOP' ? told : [];
}

interface Running {
  /** Its program runs in staging, until `go` is there. */
  running: string;
  /** Waits for its approval of production. */
  waiting: string;
  service: { running: string; waiting: string };
  go: () => void;
}

async function twoReleases(): Promise<Running> {
  sequence.of += 1;
  const service = { running: `running-${sequence.of}`, waiting: `waiting-${sequence.of}` };
  const go = path.join(here.folder, `${service.running}.go`);
  const script = `${count(service.running)} sh -c 'echo begun; until [ -f ${go} ]; do sleep 0.2; done; echo done'`;
  const running = await startRelease(here, service.running, script);
  const waiting = await startRelease(here, service.waiting, `${count(service.waiting)} true`);
  await until('the program runs', () => here.lines(service.running).length === 1, { withinMs: 90_000 });
  await here.see(waiting, 'production waits for its approval', waits);
  return { running, waiting, service, go: () => writeFileSync(go, '') };
}

/** What a person is told while something is away: a code and words, never a stack. */
async function told(...args: string[]): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await here.towpath(...args);
  const text = stdout + stderr;
  expect(text).not.toMatch(/^\s+at |INTERNAL/m);
  return { code, text };
}

const approve = (id: string): Promise<{ code: number | null; text: string }> =>
  told('releases', 'approve', id, 'production', '--reason', 'dashboards are green');

/** Every question gets an answer, in words. A wait bears with what is away, and its time is over as usual. */
async function answersPlainly({ running, waiting }: Running): Promise<void> {
  const questions = [
    ['releases', 'list'],
    ['releases', 'get', running],
    ['releases', 'logs', running, 'staging'],
  ];
  for (const question of questions) expect([0, 1]).toContain((await told(...question)).code);
  expect((await told('releases', 'wait', waiting, '--timeout', '2s')).code).toBe(3);
}

/** Half of the outage, the end of the program, the other half. */
async function passes({ go }: Running): Promise<void> {
  await delay(outageMs / 2);
  go();
  await delay(outageMs / 2);
}

async function endsAsItWouldHave({ running, waiting, service }: Running): Promise<void> {
  const converged = await here.see(waiting, 'the approved release is over', over);
  expect(converged.status).toBe('CONVERGED');
  await here.see(running, 'the program has ended and production waits', waits);
  expect((await here.towpath('releases', 'logs', running, 'staging')).stdout).toBe('begun\ndone\n');
  expect((await approve(running)).code).toBe(0);
  expect((await here.see(running, 'it is over', over)).status).toBe('CONVERGED');
  for (const name of [service.running, service.waiting]) await oneJobPerRun(name, 2);
}

async function oneJobPerRun(service: string, runs: number): Promise<void> {
  const jobs = await here.jobs(service);
  const of = jobs.map(({ metadata }) => {
    const { 'towpath.dev/release-channel': channel, 'towpath.dev/run': run } = metadata?.labels ?? {};
    return `${channel} ${run}`;
  });
  expect(of.toSorted()).toEqual(['production 1', 'staging 1'].slice(2 - runs));
  expect(here.lines(service)).toHaveLength(runs);
}

const ways: [Away][] = [['is stopped'], ['is killed']];

function withStack(): void {
  beforeAll(async () => {
    here = await openStack();
  }, 180_000);
  // What a test that failed has left away is no concern of the next one.
  afterEach(() => stopped.splice(0).forEach((pid) => process.kill(pid, 'SIGCONT')));
  afterAll(() => here?.close());
}

describe('PostgreSQL', () => {
  withStack();

  test.each(ways)(
    'when it %s, nothing new is taken, and what was under way ends as it would have',
    async (how) => {
      const both = await twoReleases();
      const back = await takeAway('postgres', how);
      await statusNames('postgres', 'database');
      const refused = await approve(both.waiting);
      expect(refused).toEqual({ code: 1, text: expect.stringContaining('STORE_UNREACHABLE') });
      expect(refused.text).toContain('releases wait and go on when it is back');
      await signal(both.waiting);
      await answersPlainly(both);
      await passes(both);
      await back();
      await endsAsItWouldHave(both);
    },
    boundMs,
  );
});

describe('Temporal', () => {
  withStack();

  test.each(ways)(
    'when it %s, a decision is stored and counts later, and what was under way ends as it would have',
    async (how) => {
      const both = await twoReleases();
      const back = await takeAway('temporal', how);
      await statusNames('temporal', 'Temporal');
      const { code, text } = await approve(both.waiting);
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('is stored') });
      await answersPlainly(both);
      await passes(both);
      await back();
      await endsAsItWouldHave(both);
    },
    boundMs,
  );
});

describe('the API server', () => {
  withStack();

  test(
    'when it is stopped, an approval counts, its Job waits, and what was under way ends as it would have',
    async () => {
      const both = await twoReleases();
      const back = await takeAway('cluster', 'is stopped');
      await statusNames('cluster');
      expect((await approve(both.waiting)).code).toBe(0);
      await answersPlainly(both);
      await passes(both);
      await back();
      await endsAsItWouldHave(both);
    },
    boundMs,
  );

  test(
    'when it is killed, the programs of this machine are lost with it, and no run is repeated; approvals count',
    async () => {
      const both = await twoReleases();
      const back = await takeAway('cluster', 'is killed');
      await statusNames('cluster');
      expect((await approve(both.waiting)).code).toBe(0);
      await answersPlainly(both);
      await passes(both);
      await back();
      expect((await here.see(both.waiting, 'the approved release is over', over)).status).toBe('CONVERGED');
      await oneJobPerRun(both.service.waiting, 2);
      const failed = (view: ReleaseView): boolean => view.channels[0]?.status === 'FAILED';
      const lost = await here.see(both.running, 'the lost run is known', failed);
      expect(lost.channels[0]?.explanations).toMatchObject([{ code: 'DISRUPTED' }]);
      await oneJobPerRun(both.service.running, 1);
    },
    boundMs,
  );
});

/** `status` ends with 1 and names what is away; the supervisor needs a moment to notice. */
async function statusNames(part: PartName, ...words: string[]): Promise<void> {
  await until(`status names ${part}`, async () => {
    const { code, text } = await told('status');
    return code === 1 && [part, ...words].some((word) => text.split('\n\n')[0]?.includes(word));
  });
}

/** As whoever reaches Temporal may. */
async function signal(id: string): Promise<void> {
  const { parts, temporalNamespace: namespace } = here.state();
  const connection = await Connection.connect({ address: parts.temporal.address });
  const handle = new Client({ connection, namespace }).workflow.getHandle(`release/${id}`);
  await handle.signal('manualApproval', { channel: 'production', decision: 'approve', by: 'release-team' });
  await connection.close();
}
