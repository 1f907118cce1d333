import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunSummary, StartAnswer } from '../../src/server/api.js';
import { until } from '../real/until.js';
import { AuditLog } from './audit.js';
import { faultName, type Cell } from './cells.js';
import { call, executions, letEnd } from './program.js';
import { violationsOf } from './runs.js';
import { scheduleOf, type Schedule } from './schedule.js';
import { openStack, type Stack } from './stack.js';

/** Each part, each connection, each kind of fault and each phase at least once; `npm run faults` has all of them. */
const fixed: Cell[] = [
  { fault: { part: 'worker', how: 'kill' }, phase: 'created-unacknowledged' },
  { fault: { part: 'server', how: 'kill' }, phase: 'waiting' },
  { fault: { part: 'temporal', how: 'kill' }, phase: 'cancelling' },
  { fault: { part: 'postgres', how: 'kill' }, phase: 'finished-unobserved' },
  { fault: { part: 'cluster', how: 'kill' }, phase: 'before-create' },
  { fault: { part: 'node', how: 'kill' }, phase: 'running' },
  { fault: { part: 'postgres', how: 'hang' }, phase: 'cancelling' },
  { fault: { part: 'node', how: 'hang' }, phase: 'finished-unobserved' },
  { fault: { link: 'worker-postgres', how: 'drop' }, phase: 'finished-unobserved' },
  { fault: { link: 'worker-api', how: '5xx' }, phase: 'before-create' },
  { fault: { link: 'worker-temporal', how: 'reset' }, phase: 'running' },
  { fault: { link: 'server-postgres', how: 'reset' }, phase: 'waiting' },
  { fault: { link: 'server-temporal', how: 'drop' }, phase: 'waiting' },
  { fault: { link: 'client-server', how: '5xx' }, phase: 'cancelling' },
  { fault: { link: 'node-api', how: 'slow' }, phase: 'running' },
  { fault: { link: 'api-node', how: 'drop' }, phase: 'running' },
];

const schedules: Schedule[] = fixed.map((cell, index) => {
  const { faults, ...plan } = scheduleOf(cell, { seed: 'fixed', index });
  return { ...plan, faults: faults.slice(0, 1).map((fault) => ({ ...fault, lastsMs: Math.min(fault.lastsMs, 4000) })) };
});
const without: Schedule = { ...scheduleOf(fixed[0] as Cell, { seed: 'fixed', index: fixed.length }), faults: [] };

/** Most of a schedule is waiting, so that two stacks take little longer than one. */
const stacks: Stack[] = [];
const outcomes = new Map<Schedule, string[]>();
beforeAll(async () => {
  stacks.push(await openStack());
  stacks.push(await openStack());
  const open = [...schedules, without];
  await Promise.all(
    stacks.map(async (each) => {
      const audit = new AuditLog(each.audit);
      for (let plan = open.shift(); plan; plan = open.shift())
        outcomes.set(plan, await violationsOf(plan, each, audit));
    }),
  );
}, 600_000);
afterAll(async () => {
  await Promise.all(stacks.map((each) => each.close()));
});

test('without a fault, every release of a schedule ends as it should', () => {
  expect(outcomes.get(without)).toEqual([]);
});

test.each(
  schedules.map((plan, index) => ({ plan, title: `${faultName((fixed[index] as Cell).fault)}, ${plan.phase}` })),
)('every release ends as it would have, and nothing happens twice: $title', ({ plan }) => {
  expect(outcomes.get(plan)).toEqual([]);
});

async function running(stack: Stack, service: string, key: string): Promise<string> {
  const { id } = await stack.ask<StartAnswer>('/api/v1/releases', { service: `plain/${service}`, key, rerun: true });
  await until('its program runs', () => executions(stack, id).length > 0);
  return id;
}

const runOf = async (stack: Stack, id: string): Promise<RunSummary | undefined> =>
  (await stack.ask<RunSummary[]>(`/api/v1/releases/${id}/runs`))[0];

test('when the worker is killed while a Job runs, its log goes on within the heartbeat time-out and five seconds', async () => {
  const [stack] = stacks as [Stack];
  const id = await running(stack, 'called', 'heartbeat');
  const log = async (): Promise<string> =>
    stack.ask<string>(`/api/v1/releases/${id}/runs/production/${(await runOf(stack, id))?.run}/log`);
  await until('the worker waits for its end', async () => (await log()) === 'begun\n');
  const back = await stack.parts.worker.kill();
  call(stack, id);
  await until('its log goes on', async () => (await log()).endsWith('called\n'), { withinMs: 35_000 });
  expect(await log()).toBe('begun\ncalled\n');
  await back();
  await stack.ask(`/api/v1/releases/${id}/commands`, { kind: 'cancel', requestId: `cancel of ${id}` });
  await until('its run has ended', async () => (await runOf(stack, id))?.code === 'CANCELLED_BY_USER');
}, 120_000);

test('when watches and all other open connections to the API server are silently dead, the end of a Job is noticed within 15 s', async () => {
  const [stack] = stacks as [Stack];
  const id = await running(stack, 'long', 'watch');
  await until('its run is known to run', async () => (await runOf(stack, id))?.job !== undefined);
  stack.links['worker-api'].fail('drop');
  stack.links['worker-api'].heal();
  letEnd(stack, id);
  await until('the program has ended', () => executions(stack, id).length === 2);
  await until('its end is noticed', async () => (await runOf(stack, id))?.state === 'ended', { withinMs: 15_000 });
  expect((await runOf(stack, id))?.code).toBe('SUCCEEDED');
}, 120_000);
