import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ReleaseView } from '../../../src/release/view.js';
import type { StartAnswer } from '../../../src/server/api.js';
import { planAnswer } from '../../fakes/plans.js';
import { events, refuse, startFakeApi, text, type Asked, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, converged, converging, failed, releaseView, run as runView, waiting } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('GET /configs', [service('my-app/my-service'), service('a/shared'), service('b/shared')]);
});
afterEach(() => api.close());

const service = (key: string) => ({
  kind: 'service',
  key,
  version: 1,
  appliedBy: 'x',
  appliedAt: '2026-03-01T10:00:00Z',
});
const id = 'my-app/my-service/7';
const cli = (...args: string[]) => runCli(['releases', ...args], { server: api.url });

const started: StartAnswer = { outcome: 'created', id, version: 'v4', digest: 'd', warnings: [] };

test('start sends the values, for all channels and for one, and a key of its own', async () => {
  api.on('POST /releases', started);
  const values = ['--param', 'changeId=a=b', '--param', 'n=1', '--param-by-release-channel', 'production=n=2'];
  const { exitCode, stdout, stderr } = await cli('start', 'my-service', ...values);
  expect(api.asked[0]?.body).toEqual({
    service: 'my-service',
    parameters: { changeId: 'a=b', n: '1' },
    parametersByChannel: { production: { n: '2' } },
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(stdout).toBe(`release ${id} started (v4)`);
  expect(stderr).toContain(`towpath releases watch ${id}`);
  expect(exitCode).toBe(0);
});

test('a lost answer is asked for again with the same key', async () => {
  api.on('POST /releases', (_, response) => response.destroy(), { ...started, outcome: 'existing' });
  const { exitCode } = await cli('start', 'my-service');
  const keys = api.asked.map(({ body }) => (body as { key: string }).key);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(exitCode).toBe(0);
});

test('--key and --rerun are sent as they are', async () => {
  api.on('POST /releases', started);
  await cli('start', 'my-service', '--key', 'build-42', '--rerun', '--app', 'my-app');
  expect(api.asked[0]?.body).toMatchObject({ key: 'build-42', rerun: true, application: 'my-app' });
});

test('an unchanged version says so and is no error', async () => {
  api.on('POST /releases', { ...started, outcome: 'unchanged' });
  const { exitCode, stdout } = await cli('start', 'my-service');
  expect(stdout).toContain('unchanged: release my-app/my-service/7 has this version already');
  expect(exitCode).toBe(0);
});

test.each([['x'], ['=x']])('--param %s is refused before anything is asked', async (value) => {
  const { exitCode, stderr } = await cli('start', 'my-service', '--param', value);
  expect(stderr).toContain(`error BAD_REQUEST: --param "${value}" is not NAME=VALUE`);
  expect(api.asked).toEqual([]);
  expect(exitCode).toBe(1);
});

test.each([[['start', 'my-service', '--dry-run']], [['plan', 'my-service']]])(
  '%j shows the plan and starts nothing',
  async (args) => {
    api.on('POST /plans', planAnswer());
    const { exitCode, stdout } = await cli(...args);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'my-app/my-service  v4  digest digest-of-th',
      'the first release of this service',
      '',
      'staging  vm on ops',
      '  starts     at once',
    ]);
    expect(api.asked.map(({ path }) => path)).toEqual(['/plans']);
    expect(exitCode).toBe(0);
  },
);

test('a plan says as JSON what the server answers', async () => {
  api.on('POST /plans', planAnswer());
  expect(JSON.parse((await cli('plan', 'my-service', '--format', 'json')).stdout)).toEqual(planAnswer());
});

test('--wait goes on until the release has ended', async () => {
  api.on('POST /releases', started);
  api.on(`GET /releases/${id}/events`, events([converging, converged]));
  const { exitCode, stdout } = await cli('start', 'my-service', '--wait');
  expect(stdout.split('\n').at(-1)).toBe(`${id} CONVERGED`);
  expect(exitCode).toBe(0);
});

test.each([
  ['my-app/my-service/7', `/releases/${id}`],
  ['my-service/7', `/releases/${id}`],
  ['my-service', '/releases'],
  ['my-app/my-service', '/releases'],
])('%s names a release', async (ref, path) => {
  api.on('GET /releases', [{ id }]);
  api.on(`GET /releases/${id}`, converged);
  const { exitCode, stdout } = await cli('get', ref);
  expect(api.asked.map((one) => one.path)).toContain(path);
  expect(stdout).toContain(`${id}  v4  CONVERGED`);
  expect(exitCode).toBe(0);
});

test.each([
  ['my-servce/7', 'did you mean "my-service"?'],
  ['shared/1', 'several applications have a service "shared": a/shared, b/shared'],
  ['a/b/c/1', '"a/b/c" is not a release or a service'],
])('%s is refused with what would be right', async (ref, message) => {
  const { exitCode, stderr } = await cli('get', ref);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});

test.each([
  [false, `Job jobs/${'a'.repeat(200)}`],
  [true, 'a…'],
])('the long name of a Job is cut to the terminal, and only there (terminal: %j)', async (isTTY, end) => {
  const job = { namespace: 'jobs', name: 'a'.repeat(200), uid: 'u' };
  api.on(`GET /releases/${id}`, releaseView(7, [channel('staging', { runs: [runView({ job })] })]));
  const { stdout } = await runCli(['releases', 'get', id], { server: api.url, isTTY, env: { NO_COLOR: '1' } });
  expect(stdout.endsWith(end)).toBe(true);
});

test('--app settles which application is meant', async () => {
  api.on('GET /releases/b/shared/1', { ...converged, id: 'b/shared/1' });
  expect((await cli('get', 'shared/1', '--app', 'b')).exitCode).toBe(0);
});

test('list shows the newest releases of a service', async () => {
  const channels = [{ name: 'staging', status: 'CONVERGED' }];
  const summary = {
    id,
    status: 'CONVERGED',
    version: 'v4',
    requestedBy: 'ann',
    createdAt: '2026-03-01T10:00:00Z',
    channels,
  };
  api.on('GET /releases', [summary]);
  const { stdout } = await cli('list', 'my-service', '--limit', '5');
  expect(api.asked.at(-1)?.query).toEqual({ application: 'my-app', service: 'my-service', limit: '5' });
  expect(stdout).toMatch(/my-app\/my-service\/7 {2}CONVERGED {2}v4 .* ann {2}staging CONVERGED$/);
});

test('watch prints a line per change until the release has ended', async () => {
  api.on(`GET /releases/${id}/events`, events([converging, waiting, converged]));
  api.on(`GET /releases/${id}/runs`, []);
  const { exitCode, stdout } = await cli('watch', id);
  expect(stdout.split('\n')).toEqual([
    `${id} (v4)`,
    'staging: CONVERGING',
    'staging: run 1 (apply) runs as Job jobs/my-service-apply-1',
    'production: WAITING_PRECONDITIONS',
    'staging: run 1 succeeded after 12 s: page published',
    'staging: CONVERGED',
    'production: "staging" is stable',
    `production: gate approval is open: towpath releases approve ${id} production`,
    'production: WAITING_MANUAL_APPROVAL',
    'production: gate approval approved by bob',
    'production: run 2 (apply) runs as Job jobs/my-service-apply-1',
    'production: run 2 succeeded after 12 s: page published',
    'production: CONVERGED',
  ]);
  expect(exitCode).toBe(0);
});

test('watch redraws on a terminal, and what is left is the end', async () => {
  api.on(`GET /releases/${id}/events`, events([converging, failed]));
  api.on(`GET /releases/${id}/runs`, []);
  const ran = await runCli(['releases', 'watch', id, '--no-color'], { server: api.url, isTTY: true });
  expect(ran.screens[0]).toContain(`${id}  v4  CONVERGING`);
  expect(ran.screens.at(-1)).toContain('APPLY_FAILED (run 1): the program ended with exit code 3');
  expect(ran.exitCode).toBe(2);
});

test('a channel whose cluster is not reached says so, once, and in the list', async () => {
  const code = 'RUNTIME_UNREACHABLE';
  const explanations = [{ code, subject: 'ops', message: 'no worker serves "ops"' }];
  const [staging, ...others] = converging.channels;
  const asking = { ...converging, channels: [{ ...staging, runs: [], explanations }, ...others] } as ReleaseView;
  api.on(`GET /releases/${id}`, asking);
  expect((await cli('get', id)).stdout).toContain('  RUNTIME_UNREACHABLE (ops): no worker serves "ops"');
  api.on(`GET /releases/${id}/events`, events([asking, { ...asking, sequence: 3 }, converged]));
  expect((await cli('watch', id)).stdout.match(/staging: RUNTIME_UNREACHABLE \(ops\)/g)).toHaveLength(1);
  const channels = [{ name: 'staging', status: 'CONVERGING', reason: code }];
  const summary = { id, status: 'CONVERGING', version: 'v4', requestedBy: 'ann', createdAt: '2026-03-01T10:00:00Z' };
  api.on('GET /releases', [{ ...summary, channels }]);
  expect((await cli('list')).stdout).toContain('staging CONVERGING (RUNTIME_UNREACHABLE)');
});

test('a pod that does not start is said so, once', async () => {
  const open = {
    ...run('staging', 1, '2026-03-01T10:00:00Z'),
    state: 'open',
    logBytes: 0,
    waiting: 'ImagePullBackOff',
  };
  const seen = { runs: 0 };
  api.on(`GET /releases/${id}/runs`, (_, response) => {
    seen.runs += 1;
    response.end(JSON.stringify([open]));
  });
  const afterTwoLooks = (asked: Asked, response: ServerResponse): void => {
    if (seen.runs < 2) return void setTimeout(() => afterTwoLooks(asked, response), 20);
    events([converging, converged])(asked, response);
  };
  api.on(`GET /releases/${id}/events`, events([converging]), afterTwoLooks);
  api.on(`GET /releases/${id}`, converging);
  const { stdout } = await cli('watch', id);
  expect(stdout.match(/staging: run 1 does not start: ImagePullBackOff/g)).toHaveLength(1);
});

test('watch --logs tells each line of a running program once, before what came of it', async () => {
  api.on(`GET /releases/${id}/events`, events([converging, waiting, converged]));
  api.on(`GET /releases/${id}/runs`, []);
  api.on(`GET /releases/${id}/runs/staging/1/log`, text('one\n\u001b[1mtwo\nthree'));
  api.on(`GET /releases/${id}/runs/production/2/log`, text('four\n'));
  const { stdout } = await cli('watch', id, '--logs');
  const lines = stdout.split('\n');
  expect(lines.filter((line) => line.includes(' | '))).toEqual([
    'staging | one',
    'staging | two',
    'staging | three',
    'production | four',
  ]);
  expect(lines.indexOf('staging | three')).toBeLessThan(lines.indexOf('staging: CONVERGED'));
});

test('watch as JSON is a view per line', async () => {
  api.on(`GET /releases/${id}/events`, events([converging, converged]));
  api.on(`GET /releases/${id}/runs`, []);
  const { stdout } = await cli('watch', id, '-f', 'json');
  expect(stdout.split('\n').map((line) => (JSON.parse(line) as ReleaseView).sequence)).toEqual([2, 9]);
});

test('watch takes up a stream that broke, and tells nothing twice', async () => {
  api.on(`GET /releases/${id}/events`, events([converging]), events([converging, converged]));
  api.on(`GET /releases/${id}`, converging);
  api.on(`GET /releases/${id}/runs`, []);
  const { exitCode, stdout } = await cli('watch', id);
  expect(stdout.match(/staging: CONVERGING/g)).toHaveLength(1);
  expect(exitCode).toBe(0);
});

test('where there is no stream of events the release is read again and again', async () => {
  api.on(`GET /releases/${id}/events`, (_, response) => response.writeHead(200).end('{}'));
  api.on(`GET /releases/${id}`, converging, converged);
  api.on(`GET /releases/${id}/runs`, []);
  expect((await cli('watch', id)).exitCode).toBe(0);
});

test('a release that does not exist ends the watch at once', async () => {
  const { exitCode, stderr } = await cli('watch', id);
  expect(stderr).toContain('error NOT_FOUND');
  expect(exitCode).toBe(1);
});

test('wait says why a release failed', async () => {
  api.on(`GET /releases/${id}/events`, events([failed]));
  const { stdout, stderr } = await cli('wait', id);
  expect(stdout).toBe(`${id} FAILED`);
  expect(stderr).toContain('staging:   exit code   3');
  expect(stderr).toContain('staging:   | no route to host');
});

test('when the time is over the exit code is 3, and the release goes on', async () => {
  api.on(`GET /releases/${id}/events`, events([waiting], { end: false }));
  const { exitCode, stdout, stderr } = await cli('wait', id, '--timeout', '0.2s');
  expect(stdout).toBe(`${id} WAITING_MANUAL_APPROVAL`);
  expect(stderr).toContain('goes on');
  expect(exitCode).toBe(3);
});

test.each([
  [['--timeout', 'soon'], '"soon" is not a duration'],
  [['--wait-for-status', 'DONE'], '"DONE" is not a status'],
])('wait %j is refused', async (flags, message) => {
  const { exitCode, stderr } = await cli('wait', id, ...flags);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});

const decisions = `POST /releases/${id}/decisions`;

test('an approval that counted says so', async () => {
  api.on(decisions, { requestId: 'r', outcome: 'counted', view: converging });
  const { exitCode, stdout } = await cli('approve', 'my-service/7', 'production', '--reason', 'green');
  expect(api.asked.at(-1)?.body).toEqual({
    channel: 'production',
    decision: 'approve',
    reason: 'green',
    requestId: expect.any(String),
  });
  expect(stdout).toBe(`approve ${id} production: counted; the release is CONVERGING`);
  expect(exitCode).toBe(0);
});

test('one that did not count says why, and is an error', async () => {
  api.on(decisions, { requestId: 'r', outcome: 'refused', why: 'it was decided before' });
  const { exitCode, stderr, stdout } = await cli('reject', id, 'production', '--gate', 'approval', '--reason', 'red');
  expect(stderr).toBe(`reject ${id} production/approval: did not count: it was decided before`);
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

test('one that no worker has seen yet is kept, and says so', async () => {
  api.on(decisions, { requestId: 'r', outcome: 'later' });
  const { exitCode, stdout } = await cli('approve', id, 'production');
  expect(stdout).toContain('it will count, or not, as soon as a worker answers');
  expect(exitCode).toBe(0);
});

test('a rejection needs a reason', async () => {
  const { exitCode, stderr } = await cli('reject', id, 'production');
  expect(stderr).toContain('it needs --reason');
  expect(api.asked).toEqual([]);
  expect(exitCode).toBe(1);
});

test('a channel that the release does not have is the refusal of the server', async () => {
  api.on(
    decisions,
    refuse({ code: 'NOT_FOUND', detail: 'no channel "prod"', hint: 'did you mean "production"?' }, 404),
  );
  expect((await cli('approve', id, 'prod')).stderr).toBe(
    'error NOT_FOUND: no channel "prod"\n  did you mean "production"?',
  );
});

const run = (channel: string, number: number, startedAt: string) => ({
  channel,
  run: number,
  command: 'apply',
  state: 'ended',
  startedAt,
  logBytes: 10,
});

test('logs copies the newest run byte for byte, across a connection that breaks', async () => {
  api.on(`GET /releases/${id}/runs`, [
    run('staging', 1, '2026-03-01T10:00:00Z'),
    run('production', 4, '2026-03-01T11:00:00Z'),
  ]);
  const log = `GET /releases/${id}/runs/production/4/log`;
  api.on(log, text('one\n\u001b[1m', { broken: true }), text('one\n\u001b[1mtwo\r\n'));
  const { exitCode, stdout, stderr } = await cli('logs', id);
  expect(stdout).toBe('one\n\u001b[1mtwo\r\n');
  expect(stderr).toBe('production: run 4 (apply)');
  expect(exitCode).toBe(0);
});

test.each([
  ['ImagePullBackOff', 'no log yet: ImagePullBackOff'],
  [undefined, 'no log yet: nothing was printed'],
])('logs of a run without a log says why (%s)', async (reason, line) => {
  const open = { ...run('staging', 1, '2026-03-01T10:00:00Z'), state: 'open', logBytes: 0, waiting: reason };
  api.on(`GET /releases/${id}/runs`, [open]);
  api.on(`GET /releases/${id}/runs/staging/1/log`, text(''));
  expect((await cli('logs', id)).stderr).toContain(line);
});

test('logs --follow waits for a run that has not begun', async () => {
  api.on(`GET /releases/${id}/runs`, [], [run('staging', 1, '2026-03-01T10:00:00Z')]);
  api.on(`GET /releases/${id}`, converging);
  api.on(`GET /releases/${id}/runs/staging/1/log`, text('hello'));
  const { stdout } = await cli('logs', id, 'staging', '--follow');
  expect(api.asked.at(-1)?.query).toMatchObject({ follow: 'true', offset: '5' });
  expect(stdout).toBe('hello');
});

test('logs of a channel without a run says how the release stands', async () => {
  api.on(`GET /releases/${id}/runs`, []);
  api.on(`GET /releases/${id}`, waiting);
  const { exitCode, stderr } = await cli('logs', id, 'production');
  expect(stderr).toContain(`release ${id} has no run in production; it is WAITING_MANUAL_APPROVAL`);
  expect(exitCode).toBe(1);
});
