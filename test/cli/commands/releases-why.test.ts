import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Why } from '../../../src/cli/why.js';
import { shortTime } from '../../../src/cli/render/time.js';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, failed, releaseView, run, waiting } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const id = 'my-app/my-service/7';
const why = (...flags: string[]) => runCli(['releases', 'why', id, ...flags], { server: api.url });

test('why of a release that waits names the gate, who can act and the command', async () => {
  api.on(`GET /releases/${id}`, waiting);
  const { exitCode, stdout } = await why();
  expect(stdout.split('\n')).toEqual([
    `${id}  v4  WAITING_MANUAL_APPROVAL: only approvals are missing`,
    `started by ann, ${shortTime(waiting.startedAt)}`,
    '',
    'staging  CONVERGED: done',
    '  next  nothing: it is done',
    '',
    'production  WAITING_MANUAL_APPROVAL: only approvals are missing',
    '  gate  staging: passed',
    '  gate  approval: open',
    "          can act          anyone with the installation's token",
    '          by itself        never',
    '          if approved now  the channel takes its turn and runs its Job',
    `          approve          towpath releases approve ${id} production`,
    '  why   MANUAL_APPROVAL_PENDING (approval): gate "approval" waits for an approval',
    '  next  when "approval" is approved, it takes its turn and runs its Job',
  ]);
  expect(exitCode).toBe(0);
});

test('why of a failure has its code, exit code and last lines', async () => {
  api.on(`GET /releases/${id}`, failed);
  const { stdout } = await why();
  expect(stdout).toContain(
    [
      '  why   APPLY_FAILED (run 1): the program ended with exit code 3',
      '          exit code   3',
      '          Kubernetes  Failed: BackoffLimitExceeded',
      '          | connecting',
      '          | no route to host',
    ].join('\n'),
  );
});

test('why as JSON has the same facts as fields', async () => {
  api.on(`GET /releases/${id}`, waiting);
  const answer = JSON.parse((await why('-f', 'json')).stdout) as Why;
  expect(answer).toMatchObject({ release: id, status: 'WAITING_MANUAL_APPROVAL' });
  expect(answer.channels[1]?.gates[1]?.approve).toBe(`towpath releases approve ${id} production`);
});

test('why of a run whose pod does not start says it once, with what comes next', async () => {
  const reason = { code: 'JOB_NOT_STARTING', subject: 'the-job', message: 'ImagePullBackOff: none' } as const;
  const stuck = channel('staging', { status: 'CONVERGING', runs: [run()], explanations: [reason] });
  api.on(`GET /releases/${id}`, releaseView(2, [stuck]));
  const open = { channel: 'staging', run: 1, state: 'open', logBytes: 0, waiting: reason.message };
  api.on(`GET /releases/${id}/runs`, [open]);
  expect((await why()).stdout.split('\n').slice(-2)).toEqual([
    '  why   JOB_NOT_STARTING (the-job): ImagePullBackOff: none',
    '  next  once its pod starts, the end of the run decides; if it does not in time, the run fails',
  ]);
});
