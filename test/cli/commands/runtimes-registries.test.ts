import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const stored = { documents: [{ kind: 'runtime', key: 'ops', version: 1, change: 'new' }], issues: [] } as const;

test('runtimes list shows which clusters nobody serves', async () => {
  api.on('GET /runtimes', [
    { name: 'ops', kind: 'kubernetes', version: 1, context: 'towpath', workers: 0 },
    {
      name: 'far',
      kind: 'kubernetes',
      version: 1,
      kubeconfig: '/kc',
      workers: 1,
      trouble: 'RUNTIME_UNREACHABLE: no answer',
    },
    { name: 'both', kind: 'kubernetes', version: 1, kubeconfig: '/kc', context: 'b', workers: 2 },
    { name: 'own', kind: 'kubernetes', version: 1, inCluster: true, workers: 1 },
    { name: 'vm', kind: 'extension', version: 2, cluster: 'ops', namespace: 'jobs' },
  ]);
  const { stdout } = await runCli(['clusters', 'list'], { server: api.url });
  expect(stdout.split('\n')).toEqual([
    'NAME  KIND        WORKERS  CLUSTER  NAMESPACE  CONTEXT     NOTE',
    'ops   kubernetes  none                         towpath     RUNTIME_UNREACHABLE: no worker serves "ops"',
    'far   kubernetes  1                            /kc         RUNTIME_UNREACHABLE: no answer',
    'both  kubernetes  2                            b (/kc)',
    'own   kubernetes  1                            in cluster',
    'vm    extension            ops      jobs',
  ]);
});

test('registries list shows where each is, and what pulls from it', async () => {
  const applied = { version: 1, appliedAt: '2026-03-01T10:00:00Z', appliedBy: 'ann' };
  api.on('GET /registries', [
    { kind: 'containerRegistry', key: 'quay', url: 'quay.example', ...applied },
    {
      kind: 'containerRegistry',
      key: 'own',
      url: 'own.example:5000',
      pullSecret: { namespace: 'ns', name: 'pull' },
      ...applied,
    },
  ]);
  const { stdout } = await runCli(['registries', 'list'], { server: api.url });
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['NAME', 'URL', 'PULL', 'VERSION'],
    ['quay', 'quay.example', 'public', '1'],
    ['own', 'own.example:5000', 'ns/pull', '1'],
  ]);
});

test.each([
  [['--context', 'towpath'], { context: 'towpath' }],
  [['--in-cluster'], { inCluster: true }],
])('runtimes link %j', async (flags, body) => {
  api.on('POST /runtimes', stored);
  const { exitCode } = await runCli(['runtimes', 'link', 'ops', ...flags], { server: api.url });
  expect(api.asked[0]?.body).toEqual({ name: 'ops', ...body });
  expect(exitCode).toBe(0);
});

test('a kubeconfig is named by its full path, since the worker works elsewhere', async () => {
  api.on('POST /runtimes', stored);
  const { cwd } = await runCli(['runtimes', 'link', 'ops', '--kubeconfig', 'kc'], { server: api.url });
  expect(api.asked[0]?.body).toEqual({ name: 'ops', kubeconfig: path.join(cwd, 'kc') });
});

test.each([[[]], [['--in-cluster', '--context', 'x']]])('runtimes link with %j is refused', async (flags) => {
  const { exitCode, stderr } = await runCli(['runtimes', 'link', 'ops', ...flags], { server: api.url });
  expect(stderr).toContain('exactly one way');
  expect(exitCode).toBe(1);
});

test.each([
  [['--public'], { public: true }],
  [['--pull-secret', 'ns/name'], { pullSecret: { namespace: 'ns', name: 'name' } }],
])('registries add %j', async (flags, body) => {
  api.on('POST /registries', stored);
  const args = ['registries', 'add', 'quay', '--url', 'https://quay.example', ...flags];
  const { exitCode } = await runCli(args, { server: api.url });
  expect(api.asked[0]?.body).toEqual({ name: 'quay', url: 'https://quay.example', ...body });
  expect(exitCode).toBe(0);
});

test.each([
  [['--public'], 'needs --url'],
  [['--url', 'https://q.example'], 'exactly one of'],
  [['--url', 'https://q.example', '--public', '--pull-secret', 'a/b'], 'exactly one of'],
  [['--url', 'https://q.example', '--pull-secret', 'a'], '"a" is not NAMESPACE/NAME'],
])('registries add %j is refused: %s', async (flags, message) => {
  const { exitCode, stderr } = await runCli(['registries', 'add', 'quay', ...flags], { server: api.url });
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});
