import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { events, refuse, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, converged, converging, failed, releaseView } from '../views.js';
import type { ReleaseView } from '../../../src/release/view.js';

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

const command = { channel: '', gate: '', decision: 'retry', by: 'ann', at: '2026-03-01T12:00:00Z' } as const;
const decisions = [{ ...command, requestId: 'r', counted: true, source: 'request' as const }];
const open: ReleaseView = { ...failed, endedAt: '2026-03-01T12:00:00Z', retryUntil: '2026-03-08T12:00:00Z' };
const counted = { requestId: 'r', outcome: 'counted' };
const later = { requestId: 'r', outcome: 'later', why: 'no worker answered in time' };

test('retry --wait asks under one id until the retry has counted, and waits for what comes of it', async () => {
  const away = refuse({ code: 'STORE_UNREACHABLE', detail: 'the database did not answer' }, 503);
  api.on(`POST /releases/${id}/commands`, later, away, away, away, away, later, counted);
  const again = { ...converging, sequence: 7, decisions };
  api.on(`GET /releases/${id}`, open);
  api.on(`GET /releases/${id}/events`, events([open]), events([again, { ...converged, decisions }]));
  const { exitCode, stdout, stderr } = await cli('retry', id, '--wait');
  const ids = api.asked.flatMap(({ method, body }) => (method === 'POST' ? [(body as typeof later).requestId] : []));
  expect([ids.length, new Set(ids).size]).toEqual([7, 1]);
  expect(stderr.split('\n')).toEqual([
    `retry ${id}: stored (no worker answered in time)`,
    `${id}: CONVERGING`,
    `${id}: CONVERGED`,
  ]);
  expect([exitCode, stdout]).toEqual([0, `${id} CONVERGED`]);
});

test.each<[string, object, [ReleaseView, ...string[]], number]>([
  ['failed again', counted, [{ ...open, sequence: 12, decisions }], 2],
  ['was closed before the retry was seen', counted, [{ ...failed, sequence: 12 }], 2],
  ['does not show the retry in time', counted, [open, '--timeout', '0.2s'], 3],
  ['has not said whether it counts in time', later, [open, '--timeout', '0.2s'], 3],
])('retry --wait of a release that %s', async (_, answer, [view, ...flags], code) => {
  api.on(`POST /releases/${id}/commands`, answer);
  api.on(`GET /releases/${id}/events`, events([view]));
  api.on(`GET /releases/${id}`, view);
  expect((await cli('retry', id, '--wait', ...flags)).exitCode).toBe(code);
});

test('a retry that is only stored does not say that the release runs again', async () => {
  api.on(`POST /releases/${id}/commands`, later);
  const { exitCode, stdout, stderr } = await cli('retry', id);
  expect([exitCode, stdout]).toEqual([0, '']);
  expect(stderr).toContain(`retry ${id}: stored (no worker answered in time)`);
});
