import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PartName } from '../../../src/embedded/layout.js';
import { identify } from '../../../src/embedded/process-id.js';
import type { PartState } from '../../../src/embedded/state.js';
import { refuse, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { stateOf } from '../states.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const me = identify(process.pid) ?? { pid: 0, startTime: '' };
const home = (state: object, more: Record<string, string> = {}) => ({
  'home/state.json': JSON.stringify(state),
  ...more,
});

test('before the first `up` status says so', async () => {
  const { exitCode, stdout } = await runCli(['status']);
  expect(stdout).toMatch(/^nothing was ever started in /);
  expect(exitCode).toBe(1);
});

test('status shows every part, and where everything is', async () => {
  const worker = { restarts: 2, lastError: 'ended with SIGKILL', process: me, version: '0.1.0' };
  const postgres = { state: 'given', address: 'postgresql://me:***@db/towpath' } as const;
  const { exitCode, stdout } = await runCli(['status'], {
    files: home(stateOf({ supervisor: me, parts: { worker, postgres } })),
  });
  expect(stdout).toMatch(/^everything runs\n\nPART +STATE +ADDRESS +PID +RESTARTS +VERSION +NOTE\n/);
  expect(stdout).toMatch(/^postgres +given +postgresql:\/\/me:\*\*\*@db\/towpath$/m);
  expect(stdout).toMatch(
    new RegExp(`^worker +ready +127.0.0.1:20004 +${process.pid} +2 +0.1.0 +ended with SIGKILL$`, 'm'),
  );
  expect(stdout).toMatch(/^Web UI +http:\/\/127.0.0.1:8233 \(Temporal\)$/m);
  expect(stdout).toMatch(/^token +.*\/home\/token$/m);
  expect(exitCode).toBe(0);
});

test('parts without a supervisor are said so, with the way out', async () => {
  const { exitCode, stdout } = await runCli(['status'], {
    files: home(stateOf({ parts: { worker: { process: me } } })),
  });
  expect(stdout).toMatch(/^unsupervised\n`towpath up` takes care of the parts again/);
  expect(exitCode).toBe(1);
});

test('why it could not start is kept', async () => {
  const error = { code: 'PORT_TAKEN', message: 'port 7400, which server wants, is used by another program' };
  const { exitCode, stdout } = await runCli(['status'], { files: home(stateOf({ phase: 'failed', error })) });
  expect(stdout).toMatch(/^stopped\nPORT_TAKEN: port 7400/);
  expect(exitCode).toBe(1);
});

test('status as JSON has no password', async () => {
  const given = { databaseUrl: 'postgresql://me:secret@db/towpath' };
  const { stdout } = await runCli(['status', '-f', 'json'], { files: home(stateOf({ given })) });
  expect(stdout).not.toContain('secret');
  expect(JSON.parse(stdout)).toMatchObject({
    phase: 'stopped',
    given: { databaseUrl: 'postgresql://me:***@db/towpath' },
  });
});

test('status asks the server which clusters are served', async () => {
  api.on('GET /status', usable);
  const { stdout, exitCode } = await served();
  expect(stdout).toMatch(/^everything runs\n/);
  expect(stdout).toMatch(/^clusters +ops: 2 workers$/m);
  expect(exitCode).toBe(0);
});

test('Jobs without a known run are said, and make nothing unusable', async () => {
  const unknownJobs = { count: 7, names: ['a/one', 'b/two'] };
  api.on('GET /status', { ...usable, clusters: [{ name: 'ops', workers: 2, unknownJobs }] });
  const { stdout, exitCode } = await served();
  expect(stdout).toMatch(/^ops: 7 Jobs of this installation without a known run: a\/one, b\/two, and 5 more$/m);
  expect(exitCode).toBe(0);
});

test('releases that stood still are said with what was seen', async () => {
  const poked = [{ id: 'a/b/1', at: '2026-01-01T00:00:00Z', why: 'nothing of it is under way' }];
  api.on('GET /status', { ...usable, poked });
  const { stdout, exitCode } = await served();
  expect(stdout).toMatch(/^a\/b\/1 stood still at 20\d\d-\d\d-\d\d \d\d:\d\d: nothing of it is under way$/m);
  expect(exitCode).toBe(0);
});

const ok = { ok: true, detail: '18' };
const away = { ok: false, detail: 'NOT_RUNNING: Temporal did not answer' };
const usable = { version: '1', store: ok, temporal: ok, workers: 1, clusters: [{ name: 'ops', workers: 2 }] };
const gone = { pid: 1_999_999_998, startTime: '1' };
const served = (parts: Partial<Record<PartName, Partial<PartState>>> = {}) =>
  runCli(['status'], {
    files: home(stateOf({ supervisor: me, server: api.url, parts: { server: { process: me }, ...parts } }), {
      'home/token': 't',
    }),
  });

test.each<[string, object, string]>([
  ['a database that is away', { store: away }, 'database: NOT_RUNNING: Temporal did not answer'],
  ['a Temporal that is away', { temporal: away }, 'Temporal: NOT_RUNNING: Temporal did not answer'],
  ['no worker at all', { workers: 0 }, 'no worker runs releases'],
  ['a cluster that nobody serves', { clusters: [{ name: 'ops', workers: 0 }] }, 'no worker serves the cluster "ops"'],
])('all processes live and %s: status says so', async (_, more, why) => {
  api.on('GET /status', { ...usable, ...more });
  const { stdout, exitCode } = await served();
  expect(stdout.split('\n').slice(0, 2)).toEqual(['not usable', why]);
  expect(exitCode).toBe(1);
});

const at = { restartedAt: '2026-03-01T12:00:00Z', lastError: 'ended with SIGKILL', restarts: 1 };

test.each<[string, Partial<PartState>, string]>([
  [
    'is started again',
    { ...at, state: 'restarting', note: 'ended with SIGKILL; again at 14:05:12' },
    'again at 14:05:12',
  ],
  ['starts', { ...at, state: 'starting', process: me }, 'temporal: starting, ended with SIGKILL'],
  [
    'is silent',
    { state: 'silent', process: me, note: 'does not answer since 14:05:12' },
    'temporal: silent, does not answer',
  ],
  ['died this moment', { state: 'ready', process: gone }, `temporal: its process ${gone.pid} is gone`],
])('a part that %s is said, and the server is not asked about it', async (_, temporal, why) => {
  const { stdout, exitCode } = await served({ temporal });
  expect(stdout.split('\n').slice(0, 2)).toEqual(['not usable', expect.stringContaining(why)]);
  expect(api.asked).toEqual([]);
  expect(exitCode).toBe(1);
});

test('what a supervisor that is gone was about to do is not promised', async () => {
  const temporal = {
    ...at,
    state: 'restarting',
    note: 'ended with SIGKILL; again at 14:05:12',
    process: gone,
  } as const;
  const { stdout } = await runCli(['status'], {
    files: home(stateOf({ parts: { temporal, worker: { process: me } } })),
  });
  expect(stdout).toMatch(/^unsupervised\ntemporal: its process \d+ is gone\n/);
  expect(stdout).not.toContain('again at');
});

test('a part that was started again says when and why', async () => {
  api.on('GET /status', usable);
  const { stdout, exitCode } = await served({ temporal: { ...at, state: 'ready', process: me } });
  expect(stdout).toMatch(/^temporal +ready .* started again 2026-03-01 \d\d:\d\d: ended with SIGKILL$/m);
  expect(exitCode).toBe(0);
});

test('a server that answers nothing of use is said so', async () => {
  api.on('GET /status', refuse({ code: 'INTERNAL', detail: 'a bug' }, 500));
  const { stdout, exitCode } = await served();
  expect(stdout).toMatch(/^not usable\nthe server does not answer: /);
  expect(exitCode).toBe(1);
});

test('down with nothing running is no error', async () => {
  const { exitCode, stdout } = await runCli(['down'], { files: home(stateOf()) });
  expect(stdout).toBe('nothing was running');
  expect(exitCode).toBe(0);
});

test('up of what runs already says where everything is', async () => {
  const { exitCode, stdout, stderr } = await runCli(['up'], { files: home(stateOf({ supervisor: me })) });
  expect(stderr).toContain('it runs already');
  expect(stdout).toContain('server      http://127.0.0.1:7400');
  expect(exitCode).toBe(0);
});

test('up with other parts than those that run is refused', async () => {
  const { exitCode, stderr } = await runCli(['up', '-d', '--temporal-address', 'mine:7233'], {
    files: home(stateOf({ supervisor: me })),
  });
  expect(stderr).toBe(
    'error NOT_ALLOWED: towpath runs already, with other parts than these flags ask for\n  `towpath down` first',
  );
  expect(exitCode).toBe(1);
});

test('a context without a kubeconfig is refused', async () => {
  const { exitCode, stderr } = await runCli(['up', '--kube-context', 'x']);
  expect(stderr).toContain('--kube-context needs --kubeconfig');
  expect(exitCode).toBe(1);
});

test('images add registers a folder, images list shows it, and that it is gone', async () => {
  const files = { 'image/bin/tool': '#!/bin/sh\n' };
  const { exitCode, stdout, cwd } = await runCli(['images', 'add', 'r.example/tool:1', 'image'], { files });
  expect(stdout).toBe(`r.example/tool:1 is ${cwd}/image (added)`);
  expect(exitCode).toBe(0);
  const images = JSON.stringify({ images: { 'r.example/tool:1': { dir: '/nowhere' } } });
  const list = await runCli(['images', 'list'], { files: { 'home/cluster/images.json': images } });
  expect(list.stdout.split('\n')[1]).toBe('r.example/tool:1  /nowhere  (is gone)');
});
