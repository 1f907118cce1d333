import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi, type FakeApi } from './fake-api.js';
import { runCli } from './run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const long = 'x'.repeat(80);
const at = '2026-03-01T11:00:00Z';
const channel = { name: `staging-${long}`, status: 'CONVERGED', release: 'a/b/7' };

const tables: [string, string[], string, object][] = [
  [
    'documents',
    ['configs', 'list'],
    'GET /configs',
    [{ kind: 'runtime', key: 'ops', version: 1, appliedAt: at, appliedBy: long }],
  ],
  [
    'releases',
    ['releases', 'list'],
    'GET /releases',
    [{ id: 'a/b/7', status: 'CONVERGED', version: 'v1', createdAt: at, requestedBy: long, channels: [channel] }],
  ],
  [
    'services',
    ['services', 'list'],
    'GET /services',
    [{ application: 'a', service: 'b', channels: [{ ...channel, stable: { version: long } }] }],
  ],
];

test.each(tables)('a row of %s is one line on a terminal', async (_, args, route, answer) => {
  api.on(route, answer);
  const { stdout } = await runCli(args, { server: api.url, isTTY: true, columns: 70, env: { NO_COLOR: '1' } });
  const [, row = ''] = stdout.split('\n');
  expect(row).toContain('…');
  expect(row.length).toBeLessThanOrEqual(70);
});

test.each(tables)('a row of %s is whole in a pipe', async (_, args, route, answer) => {
  api.on(route, answer);
  const { stdout } = await runCli(args, { server: api.url, columns: 70 });
  expect(stdout).toContain(long);
  expect(stdout).not.toContain('…');
});
