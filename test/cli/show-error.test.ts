import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refuse, startFakeApi, type FakeApi } from './fake-api.js';
import { runCli, type Ran } from './run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const files = { 'a.pvn.yaml': 'runtime: {name: UPPER}\n' };
const last = ({ stderr }: Ran): unknown => JSON.parse(stderr.split('\n').at(-1) ?? '');

test.each([
  ['--format json', ['configs', 'list', '--format', 'json']],
  ['--format=json', ['configs', 'list', '--format=json']],
  ['-f json', ['-f', 'json', 'configs', 'list']],
  ['-fjson', ['configs', 'list', '-fjson']],
  ['the last of two', ['-f', 'table', 'configs', 'list', '-f', 'json']],
])('%s makes a refusal one line of JSON, and leaves stdout empty', async (_, args) => {
  api.on('GET /configs', refuse({ code: 'STORE_UNREACHABLE', detail: 'gone', hint: 'start it' }, 503));
  const { exitCode, stdout, stderr } = await runCli(args, { server: api.url });
  expect(JSON.parse(stderr)).toEqual({ code: 'STORE_UNREACHABLE', detail: 'gone', hint: 'start it' });
  expect([exitCode, stdout]).toEqual([1, '']);
});

test.each([
  ['no format', ['configs', 'get', 'runtime/x']],
  ['a table after JSON', ['-fjson', 'configs', 'get', 'runtime/x', '--format', 'table']],
  ['what stands behind --', ['configs', 'get', '--', '-fjson']],
])('%s leaves it as words', async (_, args) => {
  const { stderr } = await runCli(args, { server: api.url });
  expect(stderr).toMatch(/^error [A-Z_]+: /);
});

test('a command line that is not understood is JSON as well', async () => {
  const ran = await runCli(['configs', 'lst', '-f', 'json']);
  expect(last(ran)).toEqual({
    code: 'BAD_REQUEST',
    detail: "unknown command 'lst'",
    hint: expect.stringContaining('did you mean list?'),
  });
});

test('issues have their places: those of a server', async () => {
  const at = { file: 'a.pvn.yaml', line: 1, column: 17 };
  const issue = { severity: 'error', code: 'BAD_VALUE', message: 'no name', at } as const;
  api.on('POST /plans', refuse({ code: 'CONFIG_INVALID', detail: 'no plan', issues: [issue] }));
  const ran = await runCli(['releases', 'plan', 'x', '-f', 'json'], { server: api.url });
  expect(JSON.parse(ran.stderr)).toEqual({ code: 'CONFIG_INVALID', detail: 'no plan', issues: [issue] });
});

test('issues have their places: those of files that cannot be read', async () => {
  const ran = await runCli(['configs', 'apply', 'none.yaml', '-f', 'json'], { server: api.url });
  expect(last(ran)).toMatchObject({ code: 'CONFIG_INVALID', issues: [{ code: 'FILE_UNREADABLE' }] });
});

test('configs apply says the issues of its files, and not the preview', async () => {
  const issue = { severity: 'error', code: 'BAD_VALUE', message: 'no name' } as const;
  api.on('POST /configs/diff', { documents: [], issues: [issue] });
  const ran = await runCli(['configs', 'apply', '.', '-f', 'json'], { server: api.url, files });
  expect([ran.exitCode, ran.stdout]).toEqual([1, '']);
  expect(JSON.parse(ran.stderr)).toEqual({
    code: 'CONFIG_INVALID',
    detail: '1 error; nothing was stored',
    issues: [issue],
  });
});

test('a bug is apologised for in JSON too', async () => {
  api.on('POST /releases', { id: 'without the rest' });
  const ran = await runCli(['releases', 'start', 'x', '-f', 'json'], { server: api.url });
  expect(last(ran)).toEqual({
    code: 'INTERNAL',
    detail: expect.stringContaining('a bug of towpath'),
    hint: expect.stringMatching(/^the details are in .*cli\.log$/),
  });
});

test('TOWPATH_DEBUG shows the stack above the JSON', async () => {
  const ran = await runCli(['configs', 'lst', '-f', 'json'], { env: { TOWPATH_DEBUG: '1' } });
  expect(ran.stderr).toMatch(/^TowpathError: unknown command/);
  expect(last(ran)).toMatchObject({ code: 'BAD_REQUEST' });
});
