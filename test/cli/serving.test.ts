import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RuntimeSummary } from '../../src/server/api.js';
import { refuse, startFakeApi, type FakeApi } from './fake-api.js';
import { runCli } from './run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const cluster = (more: Partial<RuntimeSummary>): RuntimeSummary[] => [
  { name: 'ops', kind: 'kubernetes', version: 1, workers: 0, ...more },
  { name: 'vm', kind: 'extension', version: 1, cluster: 'ops' },
];
const link = (...more: string[]) => {
  const change = { kind: 'runtime', key: 'ops', version: 1, change: 'new' };
  api.on('POST /runtimes', { documents: [change], issues: [] });
  return runCli(['runtimes', 'link', 'ops', '--context', 'x', ...more], { server: api.url });
};
const asked = (route: string): number => api.asked.filter(({ path, method }) => `${method} ${path}` === route).length;
const then = '  releases wait for it; towpath runtimes list shows how it stands';

test('runtimes link waits until a worker serves the cluster, and says so', async () => {
  api.on('GET /runtimes', cluster({}), cluster({ trouble: 'RUNTIME_UNREACHABLE: no answer' }), cluster({ workers: 1 }));
  const { exitCode, stderr } = await link();
  expect([exitCode, stderr, asked('GET /runtimes')]).toEqual([0, 'a worker serves "ops"', 3]);
});

test.each([
  ['nobody has it', {}, 'no worker serves "ops" yet: none has taken it up'],
  [
    'no worker reaches it',
    { trouble: 'RUNTIME_UNREACHABLE: no answer' },
    'no worker serves "ops" yet: RUNTIME_UNREACHABLE: no answer',
  ],
  [
    'its worker lacks a right',
    { workers: 1, trouble: 'RUNTIME_FORBIDDEN: jobs' },
    'the worker of "ops" cannot run Jobs there yet: RUNTIME_FORBIDDEN: jobs',
  ],
])('after a while it says plainly that %s, which is no failure', async (_, more, said) => {
  api.on('GET /runtimes', cluster(more));
  const { exitCode, stderr } = await link();
  expect([exitCode, stderr]).toEqual([0, `${said}\n${then}`]);
});

test('a server that goes away meanwhile is no failure either', async () => {
  api.on('GET /runtimes', refuse({ code: 'STORE_UNREACHABLE', detail: 'the database is away' }, 500));
  const { exitCode, stderr } = await link();
  expect([exitCode, stderr]).toEqual([0, 'whether a worker serves ops is not known: the database is away']);
});

test('--no-wait asks nothing', async () => {
  const { exitCode, stderr } = await link('--no-wait');
  expect([exitCode, stderr, asked('GET /runtimes')]).toEqual([0, '', 0]);
});

const applied = async (documents: object[], ...more: string[]) => {
  api.on('GET /runtimes', cluster({ workers: 2 }));
  for (const route of ['POST /configs/diff', 'POST /configs/apply']) api.on(route, { documents, issues: [] });
  const files = { 'a.pvn.yaml': 'runtime: {name: ops, kubernetes: {inCluster: true}}\n' };
  const { exitCode, stderr } = await runCli(['configs', 'apply', '.', '-y', ...more], { server: api.url, files });
  return [exitCode, stderr];
};

test.each([
  ['a linked cluster is waited for', { kind: 'runtime', key: 'ops', change: 'new' }, 'a worker serves "ops"'],
  ['an extension is not', { kind: 'runtime', key: 'vm', change: 'changed' }, ''],
  ['what has not changed is not', { kind: 'runtime', key: 'ops', change: 'unchanged' }, 'nothing has changed'],
  ['nor is a service', { kind: 'service', key: 'app/ops', change: 'new' }, ''],
])('configs apply: %s', async (_, document, said) => {
  expect(await applied([document])).toEqual([0, said]);
});

test('configs apply --no-wait asks nothing', async () => {
  expect(await applied([{ kind: 'runtime', key: 'ops', change: 'new' }], '--no-wait')).toEqual([0, '']);
});
