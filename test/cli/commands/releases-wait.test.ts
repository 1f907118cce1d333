import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Status } from '../../../src/release/status.js';
import type { ReleaseView } from '../../../src/release/view.js';
import { shortTime } from '../../../src/cli/render/time.js';
import { events, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, converged, converging, failed, releaseView, waiting } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const id = 'my-app/my-service/7';
const wait = (...flags: string[]) => runCli(['releases', 'wait', id, ...flags], { server: api.url });
const ending = (...statuses: Status[]) =>
  releaseView(
    9,
    statuses.map((status, i) => channel(['staging', 'production'][i] ?? '', { status })),
  );

test.each<[Status[], string[], number]>([
  [['CONVERGED', 'CONVERGED'], [], 0],
  [['CONVERGED', 'REPLACED'], [], 0],
  [['CONVERGED', 'REPLACED'], ['--success-on-replaced=false'], 2],
  [['FAILED', 'SKIPPED'], [], 2],
  [['FAILED', 'CONVERGED'], ['--channels', 'production'], 0],
  [['CONVERGED', 'REJECTED'], [], 2],
  [['CONVERGED', 'SKIPPED'], [], 2],
  [['CANCELLED', 'CANCELLED'], [], 1],
  [['FAILED', 'CANCELLED'], [], 2],
  [['CONVERGED', 'WAITING_MANUAL_APPROVAL'], ['--wait-for-status', 'WAITING_MANUAL_APPROVAL'], 0],
  [['CONVERGED', 'CONVERGED'], ['--wait-for-status', 'QUEUED'], 1],
  [['CONVERGED', 'WAITING_MANUAL_APPROVAL'], ['--timeout', '0.1s'], 3],
  [['CONVERGED', 'QUEUED'], ['--timeout', '0.1s'], 3],
  [['CONVERGED', 'CONVERGED'], ['--channels', 'nowhere'], 1],
  [['CONVERGED', 'CONVERGED'], ['--channels', ''], 1],
])('a wait for %j with %j ends with exit code %d', async (statuses, flags, code) => {
  api.on(`GET /releases/${id}/events`, events([ending(...statuses)], { end: false }));
  expect((await wait(...flags)).exitCode).toBe(code);
});

test('while it waits it says why and which command lets it go on, once', async () => {
  const again = { ...waiting, sequence: waiting.sequence + 1 };
  api.on(`GET /releases/${id}/events`, events([converging, waiting, again, converged]));
  const { stdout, stderr } = await wait();
  expect(stderr.split('\n')).toEqual([
    `${id}: CONVERGING`,
    `${id}: WAITING_MANUAL_APPROVAL`,
    'production: MANUAL_APPROVAL_PENDING (approval): gate "approval" waits for an approval',
    `production:   towpath releases approve ${id} production`,
    `${id}: CONVERGED`,
  ]);
  expect(stdout).toBe(`${id} CONVERGED`);
});

test('a failure that may be retried says until when and how', async () => {
  const retryUntil = '2026-03-08T12:00:00.000Z';
  api.on(`GET /releases/${id}/events`, events([{ ...failed, retryUntil }]));
  const { stderr } = await wait();
  expect(stderr).toContain(
    `staging: until ${shortTime(retryUntil)} it runs again with towpath releases retry ${id} staging`,
  );
});

test('why a pod does not start, and what becomes of it, is said though the release itself knows nothing of it', async () => {
  const [staging, ...others] = converging.channels;
  const stuck = (message: string): ReleaseView => {
    const why = { code: 'JOB_NOT_STARTING', subject: 'the-job', message } as const;
    return { ...converging, channels: [{ ...channel('staging'), ...staging, explanations: [why] }, ...others] };
  };
  const views = [converging, stuck('ErrImagePull: none'), stuck('ErrImagePull: none'), stuck('Unschedulable: no node')];
  api.on(`GET /releases/${id}/events`, events([...views, converged]));
  const { stderr } = await wait();
  expect(stderr.split('\n').filter((line) => line.startsWith('staging'))).toEqual([
    'staging: JOB_NOT_STARTING (the-job): ErrImagePull: none',
    'staging: JOB_NOT_STARTING (the-job): Unschedulable: no node',
  ]);
});
