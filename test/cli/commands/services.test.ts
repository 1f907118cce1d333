import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ServiceDetail } from '../../../src/server/api/services.js';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';

const at = '2026-03-01T10:00:00Z';
const detail: ServiceDetail = {
  application: 'my-app',
  service: 'my-service',
  version: 'v5',
  release: 'my-app/my-service/7',
  channels: [
    {
      name: 'staging',
      status: 'CONVERGED',
      release: 'my-app/my-service/7',
      stable: { version: 'v5', release: 'my-app/my-service/7', since: at },
      run: 12,
    },
    { name: 'production' },
  ],
  parameters: [
    { name: 'changeId', kind: 'string', required: true, values: { staging: '42' } },
    { name: 'replicas', kind: 'int', required: false, default: '3', values: { production: '5' } },
  ],
  last: { id: 'my-app/my-service/7', status: 'CONVERGED', version: 'v5', requestedBy: 'ann', createdAt: at },
};

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('GET /services', [detail]);
  api.on('GET /services/my-app/my-service', detail);
});
afterEach(() => api.close());
const cli = (...args: string[]) => runCli(['services', ...args], { server: api.url });

test('list has a line for each service and channel', async () => {
  const { exitCode, stdout } = await cli('list', '--app', 'my-app');
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['SERVICE', 'CHANNEL', 'STATUS', 'VERSION', 'RUN', 'RELEASE'],
    ['my-app/my-service', 'staging', 'CONVERGED', 'v5', '12', 'my-app/my-service/7'],
    ['my-app/my-service', 'production'],
  ]);
  expect(api.asked[0]?.query).toEqual({ application: 'my-app' });
  expect(exitCode).toBe(0);
});

test('get shows values by channel: what is given, the default in brackets, and what is missing', async () => {
  const { exitCode, stdout } = await cli('get', 'my-app/my-service');
  const lines = stdout.split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'my-app/my-service',
    expect.stringMatching(/^last release my-app\/my-service\/7 \(v5\) {2}CONVERGED .* by ann$/),
  ]);
  expect(lines.slice(-3).map((line) => line.split(/ {2,}/))).toEqual([
    ['PARAMETER', 'KIND', 'STAGING', 'PRODUCTION'],
    ['changeId', 'string, required', '42', 'missing'],
    ['replicas', 'int', '(3)', '5'],
  ]);
  expect(exitCode).toBe(0);
});

test('a service that was never released says so', async () => {
  const { last: _, release: _release, version: _version, ...fresh } = detail;
  api.on('GET /services/my-app/my-service', { ...fresh, parameters: [], channels: [{ name: 'staging' }] });
  const { stdout } = await cli('get', 'my-app/my-service');
  expect(stdout.split('\n')[1]).toBe('no release yet');
});

test.each([
  [['list'], [detail]],
  [['get', 'my-app/my-service'], detail],
])('%j as JSON is what the API answers', async (args, value) => {
  expect(JSON.parse((await cli(...args, '-f', 'json')).stdout)).toEqual(value);
});
