import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identify, isAlive, type ProcessId } from '../../../src/embedded/process-id.js';
import { refuse, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { stateOf } from '../states.js';

/** Stands for the cluster's process: what `down` would end. */
let cluster: ChildProcess;
let id: ProcessId;
let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  cluster = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  id = identify(cluster.pid ?? 0) ?? { pid: 0, startTime: '' };
});
afterEach(async () => {
  cluster.kill('SIGKILL');
  await api.close();
});

function down(...flags: string[]) {
  const state = stateOf({ server: api.url, parts: { cluster: { process: id } } });
  const files = { 'home/state.json': JSON.stringify(state), 'home/token': 'the-token' };
  return runCli(['down', ...flags], { files });
}

const run = {
  release: 'my-app/my-service/7',
  channel: 'production',
  run: 3,
  command: 'apply',
  cluster: 'ops',
  job: { namespace: 'jobs', name: 'my-job' },
  startedAt: '2026-03-01T11:00:00Z',
};

test('while Jobs run, down refuses and names the runs that would end DISRUPTED', async () => {
  api.on('GET /runs', [run]);
  const { exitCode, stderr } = await down();
  expect(api.asked[0]?.query).toEqual({ state: 'open' });
  expect(stderr).toBe(
    [
      '  my-app/my-service/7 production: run 3 (apply), Job jobs/my-job',
      'error JOBS_RUNNING: a run goes on, and would end DISRUPTED',
      '  wait for the end, or give --force',
    ].join('\n'),
  );
  expect(isAlive(id)).toBe(true);
  expect(exitCode).toBe(1);
});

test('with --force it ends them all the same, without asking anybody', async () => {
  const { exitCode, stdout, stderr } = await down('--force');
  expect(api.asked).toEqual([]);
  expect(stderr).toContain('ended without a supervisor: cluster');
  expect(stdout).toBe('everything has ended');
  expect(isAlive(id)).toBe(false);
  expect(exitCode).toBe(0);
});

test('when nothing runs in the cluster it ends everything', async () => {
  api.on('GET /runs', []);
  const { exitCode } = await down();
  expect(isAlive(id)).toBe(false);
  expect(exitCode).toBe(0);
});

test('when the database does not answer the server it says so, and leaves everything', async () => {
  api.on('GET /runs', refuse({ code: 'STORE_UNREACHABLE', detail: 'the database did not answer' }, 503));
  const { exitCode, stderr } = await down();
  expect(stderr).toMatch(
    /^error NOT_RUNNING: the database does not answer, so nobody can say whether Jobs run\n {2}--force/,
  );
  expect(isAlive(id)).toBe(true);
  expect(exitCode).toBe(1);
});

test('when the server cannot be asked it says so, and leaves everything', async () => {
  await api.close();
  const { exitCode, stderr } = await down();
  expect(stderr).toMatch(
    /^error NOT_RUNNING: the server does not answer, so nobody can say whether Jobs run\n {2}--force/,
  );
  expect(isAlive(id)).toBe(true);
  expect(exitCode).toBe(1);
});
