import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConfigVersion, RevertAnswer } from '../../../src/server/api.js';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());
const cli = (...args: string[]) => runCli(args, { server: api.url });

test('configs history lists every version, the newest first', async () => {
  const at = '2026-01-02T03:04:05.000Z';
  const versions: ConfigVersion[] = [
    { version: 3, change: 'reverted', revertedTo: 1, appliedBy: 'bob', appliedAt: at, source: 'commit 1' },
    { version: 2, change: 'deleted', appliedBy: 'ann', appliedAt: at },
    { version: 1, change: 'applied', appliedBy: 'ann', appliedAt: at, source: 'commit 1' },
  ];
  api.on('GET /config-versions/service/my-app/my-service', versions);
  const { stdout, exitCode } = await cli('configs', 'history', 'service/my-app/my-service');
  expect(stdout.split('\n').map((line) => line.trimEnd().split(/ {2,}/))).toEqual([
    ['VERSION', 'CHANGE', 'WHEN', 'BY', 'SOURCE'],
    ['3', 'reverted to 1', expect.any(String), 'bob', 'commit 1'],
    ['2', 'deleted', expect.any(String), 'ann'],
    ['1', 'applied', expect.any(String), 'ann', 'commit 1'],
  ]);
  expect(exitCode).toBe(0);
  const json = await cli('configs', 'history', 'service/my-app/my-service', '-f', 'json');
  expect(JSON.parse(json.stdout)).toEqual(versions);
});

test('configs get --version asks for that version', async () => {
  api.on('GET /configs/runtime/vm', { text: 'runtime: {}\n' });
  const { stdout } = await cli('configs', 'get', 'runtime/vm', '--version', 'v3');
  expect(stdout).toBe('runtime: {}');
  expect(api.asked[0]?.query).toEqual({ version: '3' });
});

test.each([
  [['configs', 'get', 'runtime/vm', '--version', 'latest'], '--version takes the number of a version, not "latest"'],
  [['configs', 'revert', 'runtime/vm', '--to', '0'], '--to takes the number of a version, not "0"'],
])('%j is refused before anything is asked', async (args, message) => {
  const { stderr, exitCode } = await cli(...args);
  expect(stderr).toContain(message);
  expect([api.asked, exitCode]).toEqual([[], 1]);
});

describe('configs revert', () => {
  const found: RevertAnswer = {
    kind: 'runtime',
    key: 'vm',
    version: 3,
    to: 1,
    reverted: false,
    documents: [{ kind: 'runtime', key: 'vm', change: 'changed', stored: 3, diff: '-tag: b\n+tag: a\n' }],
    issues: [],
  };
  const done: RevertAnswer = { ...found, version: 4, reverted: true };
  const sent = () => api.asked.map(({ body }) => body);

  test('stores the version that it saw, with --yes', async () => {
    api.on('POST /configs/revert', found, done);
    const { stdout, exitCode } = await cli('configs', 'revert', 'runtime/vm', '--yes');
    expect(sent()).toEqual([
      { kind: 'runtime', key: 'vm' },
      { kind: 'runtime', key: 'vm', to: 1, version: 3 },
    ]);
    expect(stdout).toBe('runtime/vm has the content of version 1 again, as version 4');
    expect(exitCode).toBe(0);
  });

  test('shows the difference, and stores nothing when there is nobody to ask', async () => {
    api.on('POST /configs/revert', found);
    const { stderr, exitCode } = await cli('configs', 'revert', 'runtime/vm', '--to', '1');
    expect(stderr).toContain('+tag: a');
    expect(stderr).toContain('give --yes');
    expect(sent()).toEqual([{ kind: 'runtime', key: 'vm', to: 1 }]);
    expect(exitCode).toBe(1);
  });

  test('says when nothing differs, but with --force', async () => {
    const equal = { ...found, documents: [{ ...found.documents[0]!, change: 'unchanged' as const, diff: '' }] };
    api.on('POST /configs/revert', equal, equal, done);
    const { stdout } = await cli('configs', 'revert', 'runtime/vm');
    expect(stdout).toBe('nothing differs: version 1 of runtime/vm is what is stored');
    await cli('configs', 'revert', 'runtime/vm', '--force', '--yes');
    expect(sent().at(-1)).toEqual({ kind: 'runtime', key: 'vm', to: 1, version: 3, force: true });
  });

  test('shows every mistake that the old text has today, and stores nothing', async () => {
    const issues: RevertAnswer['issues'] = [
      {
        severity: 'error',
        code: 'UNKNOWN_REFERENCE',
        message: 'runtime "ops" does not exist',
        at: { file: 'runtime/vm', line: 4, column: 14 },
      },
    ];
    api.on('POST /configs/revert', { ...found, issues });
    const { stderr, exitCode } = await cli('configs', 'revert', 'runtime/vm', '--yes');
    expect(stderr).toContain('runtime/vm:4:14: error UNKNOWN_REFERENCE: runtime "ops" does not exist');
    expect(stderr).toContain('version 1 of runtime/vm does not fit what is stored now');
    expect([sent().length, exitCode]).toEqual([1, 1]);
  });
});
