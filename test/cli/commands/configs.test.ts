import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConfigsAnswer, DiffAnswer } from '../../../src/server/api.js';
import { refuse, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const application = `application:
  name: my-app
  releaseChannels:
    - name: staging
      runtimes: [{runtime: vm}]
    - name: production
      runtimes: [{runtime: vm}]
      preconditions:
        - releaseChannelStable: {releaseChannel: staging}
`;
const broken = application.replace('releaseChannel: staging', 'releaseChannel: stagin');
const files = { 'app.pvn.yaml': application };

test('validate needs no server', async () => {
  const { exitCode, stdout, stderr } = await runCli(['configs', 'validate', 'app.pvn.yaml'], { files });
  expect(stderr).not.toContain('error');
  expect(stdout).toBe('1 document: no errors');
  expect(exitCode).toBe(0);
});

test('validate names the file, the line and the column', async () => {
  const { exitCode, stdout, stderr } = await runCli(['configs', 'validate', '.'], {
    files: { 'app.pvn.yaml': broken },
  });
  expect(stderr).toMatch(/^app\.pvn\.yaml:9:\d+: error UNKNOWN_REFERENCE: .*"stagin"/m);
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

test('validate as JSON has the issues, and the same exit code', async () => {
  const { exitCode, stdout, stderr } = await runCli(['configs', 'validate', '.', '-f', 'json'], {
    files: { 'app.pvn.yaml': broken },
  });
  expect((JSON.parse(stdout) as ConfigsAnswer).issues).toContainEqual(
    expect.objectContaining({ code: 'UNKNOWN_REFERENCE', at: expect.objectContaining({ line: 9 }) }),
  );
  expect(stderr).toBe('');
  expect(exitCode).toBe(1);
});

test('validate as JSON has all issues in the order of their places', async () => {
  const { stdout } = await runCli(['configs', 'validate', '.', '-f', 'json'], {
    files: { 'a.pvn.yaml': broken, 'b.pvn.yaml': 'runtime:\n  name: ops\n  kubernets: {}\n' },
  });
  const { issues } = JSON.parse(stdout) as ConfigsAnswer;
  expect([...new Set(issues.map(({ at }) => at?.file))]).toEqual(['a.pvn.yaml', 'b.pvn.yaml']);
});

test('a path that does not exist is an error', async () => {
  const { exitCode, stderr } = await runCli(['configs', 'validate', 'nothing.yaml']);
  expect(stderr).toContain('error FILE_UNREADABLE: "nothing.yaml" does not exist');
  expect(exitCode).toBe(1);
});

const preview: DiffAnswer = {
  documents: [
    {
      kind: 'application',
      key: 'my-app',
      change: 'new',
      diff: '--- /dev/null\n+++ application/my-app\n@@ @@\n+a: 1\n',
    },
  ],
  issues: [],
};
const stored: ConfigsAnswer = {
  documents: [{ kind: 'application', key: 'my-app', change: 'new', version: 1 }],
  issues: [],
};

test('apply shows what changes, asks once, and stores', async () => {
  api.on('POST /configs/diff', preview);
  api.on('POST /configs/apply', stored);
  const ran = await runCli(['configs', 'apply', 'app.pvn.yaml'], { files, server: api.url, answers: ['y'] });
  expect(ran.stderr.split('\n')).toEqual([
    '--- /dev/null',
    '+++ application/my-app',
    '@@ @@',
    '+a: 1',
    'DOCUMENT            CHANGE  VERSION',
    'application/my-app  new',
  ]);
  expect(ran.questions).toEqual(['Store 1 document? [y/N] ']);
  expect(api.asked.at(-1)?.body).toEqual({
    files: [{ path: 'app.pvn.yaml', text: application }],
    attachments: [],
  });
  expect(ran.stdout).toContain('application/my-app  new     1');
  expect(ran.exitCode).toBe(0);
});

test.each([[['n']], [['']], [[undefined]]])('answered %j, apply stores nothing', async (answers) => {
  api.on('POST /configs/diff', preview);
  const ran = await runCli(['configs', 'apply', 'app.pvn.yaml'], { files, server: api.url, answers });
  expect(ran.stderr).toContain('nothing was stored');
  expect(api.asked).toHaveLength(1);
  expect(ran.exitCode).toBe(1);
});

test('without anybody to ask, apply wants --yes', async () => {
  api.on('POST /configs/diff', preview);
  const { exitCode, stderr } = await runCli(['configs', 'apply', 'app.pvn.yaml'], { files, server: api.url });
  expect(stderr).toContain('  give --yes');
  expect(exitCode).toBe(1);
});

test.each([['--yes'], ['-y'], ['--no-prompt']])('%s stores without asking', async (flag) => {
  api.on('POST /configs/diff', preview);
  api.on('POST /configs/apply', stored);
  const ran = await runCli(['configs', 'apply', 'app.pvn.yaml', flag], { files, server: api.url });
  expect(ran.exitCode).toBe(0);
});

const unchanged: DiffAnswer = {
  documents: [{ kind: 'application', key: 'my-app', change: 'unchanged', stored: 1, diff: '' }],
  issues: [],
};

test('what has not changed is not asked about', async () => {
  const documents = [{ kind: 'application', key: 'my-app', change: 'unchanged', version: 1 }];
  api.on('POST /configs/diff', unchanged);
  api.on('POST /configs/apply', { documents, issues: [] });
  const { exitCode, stderr } = await runCli(['configs', 'apply', 'app.pvn.yaml'], { files, server: api.url });
  expect(stderr).toContain('nothing has changed');
  expect(exitCode).toBe(0);
});

test('forced, it is asked about as well, and the version that was seen gets a new one', async () => {
  const documents = [{ kind: 'application', key: 'my-app', change: 'forced', version: 2 }];
  api.on('POST /configs/diff', unchanged);
  api.on('POST /configs/apply', { documents, issues: [] });
  const asking = { files, server: api.url, answers: ['y'] };
  const ran = await runCli(['configs', 'apply', 'app.pvn.yaml', '--force'], asking);
  expect(ran.questions).toEqual(['Store 1 document? [y/N] ']);
  expect(api.asked.at(-1)?.body).toMatchObject({ force: { 'application/my-app': 1 } });
  expect(ran.stdout).toContain('application/my-app  forced  2');
  expect(ran.stderr).not.toContain('nothing has changed');
});

test('errors that only the server can find are shown with their place, and nothing is stored', async () => {
  const issue = {
    severity: 'error',
    code: 'UNKNOWN_REFERENCE',
    message: 'runtime "vm" does not exist',
    at: { file: 'app.pvn.yaml', line: 5, column: 28 },
    line: '      runtimes: [{runtime: vm}]',
  } as const;
  api.on('POST /configs/diff', { documents: [], issues: [issue] });
  const { exitCode, stderr } = await runCli(['configs', 'apply', 'app.pvn.yaml', '-y'], { files, server: api.url });
  expect(stderr).toContain('app.pvn.yaml:5:28: error UNKNOWN_REFERENCE: runtime "vm" does not exist\n');
  expect(stderr).toContain('error CONFIG_INVALID: 1 error; nothing was stored');
  expect(api.asked).toHaveLength(1);
  expect(exitCode).toBe(1);
});

test('errors of the apply itself are shown as well', async () => {
  api.on('POST /configs/diff', preview);
  const issue = { severity: 'error', code: 'CYCLE', message: 'staging waits for itself' } as const;
  api.on('POST /configs/apply', refuse({ code: 'CONFIG_INVALID', detail: 'nothing was stored', issues: [issue] }));
  const { exitCode, stderr } = await runCli(['configs', 'apply', 'app.pvn.yaml', '-y'], { files, server: api.url });
  expect(stderr).toBe('error CYCLE: staging waits for itself\nerror CONFIG_INVALID: nothing was stored');
  expect(exitCode).toBe(1);
});

const diffOf = (change: 'changed' | 'unchanged', diff: string): DiffAnswer => ({
  documents: [{ kind: 'application', key: 'my-app', change, stored: 1, diff }],
  issues: [],
});
const patch = '--- application/my-app\tversion 1\n+++ application/my-app\n@@ -1 +1 @@\n-a: "\u009b1"\n+a: 2\n';

test.each([
  [
    'lines',
    diffOf('changed', patch),
    '--- application/my-app version 1\n+++ application/my-app\n@@ -1 +1 @@\n-a: "1"\n+a: 2',
    '',
  ],
  ['comments', diffOf('changed', ''), 'application/my-app: only comments or layout differ', ''],
  ['nothing', diffOf('unchanged', ''), '', 'nothing differs'],
])('diff of files that differ in %s stores nothing, and exits with 0', async (_, answer, stdout, stderr) => {
  api.on('POST /configs/diff', answer);
  const ran = await runCli(['configs', 'diff', 'app.pvn.yaml'], { files, server: api.url });
  expect([ran.stdout, ran.stderr, ran.exitCode]).toEqual([stdout, stderr, 0]);
  expect(api.asked.map(({ path }) => path)).toEqual(['/configs/diff']);
});

test('diff at a terminal is coloured line by line', async () => {
  api.on('POST /configs/diff', diffOf('changed', patch));
  const { stdout } = await runCli(['configs', 'diff', 'app.pvn.yaml'], { files, server: api.url, isTTY: true });
  expect(stdout).toContain('\u001b[31m-a: "1"\u001b[39m\n\u001b[32m+a: 2\u001b[39m');
});

test('diff of files with errors shows them, and what could be read', async () => {
  const issue = { severity: 'error', code: 'UNKNOWN_REFERENCE', message: 'runtime "vm" does not exist' } as const;
  api.on('POST /configs/diff', { ...diffOf('changed', patch), issues: [issue] });
  const ran = await runCli(['configs', 'diff', 'app.pvn.yaml'], { files, server: api.url });
  expect(ran.stderr).toBe('error UNKNOWN_REFERENCE: runtime "vm" does not exist');
  expect(ran.stdout).toContain('+a: 2');
  expect(ran.exitCode).toBe(1);
});

const summary = {
  kind: 'service',
  key: 'my-app/my-service',
  version: 3,
  appliedBy: 'ann',
  appliedAt: '2026-03-01T10:00:00Z',
} as const;

test('list names every document with its version', async () => {
  api.on('GET /configs', [summary]);
  const { stdout } = await runCli(['configs', 'list'], { server: api.url });
  expect(stdout).toMatch(/^DOCUMENT {19}VERSION.*\nservice\/my-app\/my-service {2}3 .*ann$/);
});

test('get prints a document as it was written', async () => {
  api.on('GET /configs/service/my-app/my-service', { ...summary, text: 'service: {name: x} # mine\n', document: {} });
  const { stdout } = await runCli(['cfg', 'get', 'service/my-app/my-service'], { server: api.url });
  expect(stdout).toBe('service: {name: x} # mine');
});

test.each([
  ['servce/my-app/x', 'did you mean "service"?'],
  ['my-app', 'write KIND/NAME'],
])('get of %s says what would be right', async (name, hint) => {
  const { exitCode, stderr } = await runCli(['configs', 'get', name], { server: api.url });
  expect(stderr).toContain(hint);
  expect(exitCode).toBe(1);
});
