import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { events, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, converging, releaseView } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('GET /configs', [
    { kind: 'service', key: 'my-app/my-service', version: 1, appliedBy: 'x', appliedAt: '2026-03-01T10:00:00Z' },
  ]);
});
afterEach(() => api.close());

const id = 'my-app/my-service/7';
const cli = (...args: string[]) => runCli(['releases', ...args], { server: api.url });

test('cancel says so while the Job is ended, and ends when nothing runs', async () => {
  api.on(`POST /releases/${id}/commands`, { requestId: 'r', outcome: 'counted' });
  const cancelled = releaseView(2, [channel('staging', { status: 'CANCELLED' })]);
  api.on(
    `GET /releases/${id}/events`,
    events([
      { ...converging, sequence: 1 },
      { ...cancelled, sequence: 2 },
    ]),
  );
  const { exitCode, stdout, stderr } = await cli('cancel', 'my-service/7', '--reason', 'wrong build');
  expect(api.asked.find(({ path }) => path.endsWith('/commands'))?.body).toEqual({
    kind: 'cancel',
    reason: 'wrong build',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect([exitCode, stdout]).toEqual([0, `${id} CANCELLED`]);
  expect(stderr).toBe(`${id} is being cancelled: waiting until its Job is gone`);
});

test.each([
  ['cancel', 'ALREADY_DECIDED: the release is over'],
  ['retry', 'BAD_REQUEST: release has no FAILED channel'],
])('%s that does not count says why, and is exit code 1', async (verb, why) => {
  api.on(`POST /releases/${id}/commands`, { requestId: 'r', outcome: 'refused', why });
  const { exitCode, stderr } = await cli(verb, id);
  expect([exitCode, stderr]).toEqual([1, `${verb} ${id}: did not count: ${why}`]);
});

test('retry names the channel, and --no-wait of cancel does not wait', async () => {
  api.on(`POST /releases/${id}/commands`, { requestId: 'r', outcome: 'counted' });
  expect((await cli('retry', id, 'staging')).stdout).toBe(`${id} runs again`);
  expect(api.asked[0]?.body).toMatchObject({ kind: 'retry', channel: 'staging' });
  expect((await cli('cancel', id, '--no-wait')).stdout).toBe(`${id} is being cancelled`);
});
