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
    temporal: { ok: false, detail: 'does not answer' },
    workers: 1,
    clusters: [
      { name: 'ops', workers: 0 },
      { name: 'far', workers: 1, trouble: 'RUNTIME_UNREACHABLE: no answer' },
      { name: 'poor', workers: 1, missing: ['delete jobs.batch', 'list events'] },
    ],
  });
  const { stdout } = await runCli(['doctor'], { server: api.url });
  expect(stdout).toMatch(/^ok {4}server +0\.1\.0 at http/m);
  expect(stdout).toMatch(/^fail {2}server: Temporal +does not answer/m);
  expect(stdout).toMatch(/^fail {2}cluster ops +no worker/m);
  expect(stdout).toMatch(/^fail {2}cluster far +RUNTIME_UNREACHABLE: no answer/m);
  expect(stdout).toMatch(
    /^warn {2}cluster poor +its worker may not, in all namespaces: delete jobs\.batch, list events/m,
  );
  expect(stdout).toContain('kind: ClusterRole');
});
