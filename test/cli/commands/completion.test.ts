import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { waiting } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('GET /configs', [
    { kind: 'service', key: 'my-app/my-service', version: 1 },
    { kind: 'runtime', key: 'vm', version: 1 },
  ]);
  api.on('GET /releases', [{ id: waiting.id }]);
  api.on(`GET /releases/${waiting.id}`, waiting);
});
afterEach(() => api.close());

const complete = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await runCli(['complete', '--', ...words], { server: api.url });
  return stdout === '' ? [] : stdout.split('\n');
};

test.each([
  [['rel'], ['releases']],
  [
    ['releases', 're'],
    ['result', 'reject', 'retry'],
  ],
  [['release', 'wh'], ['why']],
  [['--no-color', 'releases', 'wh'], ['why']],
  [['releases', 'start', 'my-service', '--re'], ['--rerun']],
  [
    ['releases', 'list', '-f', ''],
    ['table', 'json'],
  ],
  [['releases', 'start', '--key', 'releases', ''], ['my-app/my-service']],
  [
    ['releases', 'get', ''],
    ['my-app/my-service/7', 'my-app/my-service'],
  ],
  [['releases', 'approve', 'my-service/7', 'p'], ['production']],
  [['configs', 'get', 'r'], ['runtime/vm']],
  [['configs', 'apply', ''], []],
  [['releases', 'start', '--param', ''], []],
  [['frob', ''], []],
])('after %j may stand %j', async (words, found) => {
  expect(await complete(...words)).toEqual(found);
});

test('the hidden verbs are no candidates', async () => {
  const found = await complete('');
  expect(found).toContain('completion');
  expect(found).not.toContain('complete');
  expect(found).not.toContain('supervise');
});

test.each(['', 'my-service/99'])(
  'without an answer of the server nothing is offered, and nothing is said (%s)',
  async (release) => {
    await api.close();
    const ran = await runCli(['complete', '--', 'releases', 'approve', release, ''], { server: api.url });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  },
);

test.each(['bash', 'zsh', 'fish'])('completion %s is a script that asks towpath', async (shell) => {
  const { exitCode, stdout } = await runCli(['completion', shell]);
  expect(stdout).toContain('towpath complete -- ');
  expect(exitCode).toBe(0);
});

test('another shell is refused with what there is', async () => {
  const { exitCode, stderr } = await runCli(['completion', 'bsh']);
  expect(stderr).toContain('did you mean "bash"?');
  expect(exitCode).toBe(1);
});
