import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identify } from '../../../src/embedded/process-id.js';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { stateOf } from '../states.js';

/** Looks at the programs of this machine, so it is no unit test. */
let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

test('doctor says how to mend what is wrong, and shows settings with their source', async () => {
  const { exitCode, stdout } = await runCli(['doctor'], {
    files: { 'home/token': 'x', 'home/config.yaml': 'listen: 127.0.0.1:7500\n' },
    env: { TOWPATH_DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/db', TOWPATH_CLUSTER_BIN: '/nowhere/cluster' },
  });
  expect(stdout).toMatch(/^ok {4}Node\.js +\d+\./m);
  expect(stdout).toMatch(
    /^fail {2}database +nothing answers at postgresql:\/\/me:\*\*\*@127.0.0.1:1\/db\n +→ start it/m,
  );
  expect(stdout).toMatch(/^fail {2}cluster +TOWPATH_CLUSTER_BIN names \/nowhere\/cluster/m);
  expect(stdout).toMatch(/^fail {2}token +.*can be read by others\n +→ chmod 600 /m);
  expect(stdout).toMatch(/^warn {2}server +does not run here\n +→ `towpath up`/m);
  expect(stdout).toMatch(/^listen +127\.0\.0\.1:7500 +.*config\.yaml$/m);
  expect(stdout).toMatch(/^databaseUrl +postgresql:\/\/me:\*\*\*@127.0.0.1:1\/db +TOWPATH_DATABASE_URL$/m);
  expect(stdout).not.toContain('secret');
  expect(exitCode).toBe(1);
});

test('doctor names settings that are not valid', async () => {
  const { exitCode, stdout } = await runCli(['doctor'], { files: { 'home/config.yaml': 'lisen: x\n' } });
  expect(stdout).toMatch(/^fail {2}settings +.*config\.yaml:1:1: the settings are not valid/m);
  expect(exitCode).toBe(1);
});

test('doctor names a part that runs and is of no use', async () => {
  const me = identify(process.pid) ?? { pid: 0, startTime: '' };
  const cluster = { state: 'silent', process: me, note: 'does not answer since 14:05:12' } as const;
  const files = { 'home/state.json': JSON.stringify(stateOf({ supervisor: me, parts: { cluster } })) };
  const { exitCode, stdout } = await runCli(['doctor'], { files });
  expect(stdout).toMatch(/^fail {2}part +cluster: silent, does not answer since 14:05:12\n +→ `towpath status`/m);
  expect(exitCode).toBe(1);
});

test('doctor asks a server elsewhere what it sees', async () => {
  api.on('GET /status', {
    version: '0.1.0',
    store: { ok: true, detail: 'PostgreSQL 18.4' },
    epoch: { number: 2, at: '2026-01-01T00:00:00Z', why: 'cluster ops has Jobs' },
    temporal: { ok: false, detail: 'does not answer' },
    workers: 1,
    poked: [{ id: 'a/b/1', at: '2026-01-01T00:00:00Z', why: 'nothing of it is under way' }],
    clusters: [
      { name: 'ops', workers: 0 },
      { name: 'far', workers: 1, trouble: 'RUNTIME_UNREACHABLE: no answer' },
      { name: 'poor', workers: 1, missing: ['delete jobs.batch', 'list events'] },
      { name: 'odd', workers: 1, unknownJobs: { count: 1, names: ['jobs/left'] } },
    ],
  });
  const { stdout } = await runCli(['doctor'], { server: api.url });
  expect(stdout).toMatch(/^ok {4}server +0\.1\.0 at http/m);
  expect(stdout).toMatch(/^ok {4}database: epoch +2, since 20\d\d-\d\d-\d\d \d\d:\d\d: cluster ops has Jobs$/m);
  expect(stdout).toMatch(/^fail {2}server: Temporal +does not answer/m);
  expect(stdout).toMatch(/^fail {2}cluster ops +no worker/m);
  expect(stdout).toMatch(/^fail {2}cluster far +RUNTIME_UNREACHABLE: no answer/m);
  expect(stdout).toMatch(
    /^warn {2}cluster poor +its worker may not, in all namespaces: delete jobs\.batch, list events/m,
  );
  expect(stdout).toContain('kind: ClusterRole');
  expect(stdout).toMatch(/^warn {2}release a\/b\/1 +stood still at .*: nothing of it is under way\n +→ it was told/m);
  expect(stdout).toMatch(/^warn {2}cluster odd +1 Job of this installation without a known run: jobs\/left\n +→ /m);
});

test('doctor --restored says what it did, and what has to be looked at', async () => {
  const answer = { epoch: 3, instances: 12, workers: 1, forgotten: ['my-app/my-service/8'] };
  api.on('POST /store/restored', answer);
  const { stderr } = await runCli(['doctor', '--restored'], { server: api.url });
  expect(stderr).toMatch(/^epoch 3 has begun: /m);
  expect(stderr).toMatch(/^instances that the database knows: 12; /m);
  expect(stderr).toMatch(/^1 worker asked for work within the last minute: /m);
  expect(stderr).toMatch(/^ {2}my-app\/my-service\/8$/m);
});
