import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { StartAnswer } from '../../../src/server/api.js';
import { events, startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { channel, releaseView } from '../views.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('POST /releases', started);
});
afterEach(() => api.close());

const id = 'my-app/my-service/7';
const started: StartAnswer = { outcome: 'created', id, version: 'v4', digest: 'd', warnings: [] };
const cli = (...args: string[]) => runCli(args, { server: api.url });

const sent = ['--param', 'changeId=42', '--param-by-release-channel', 'production=n=2', '--channels', 'staging,canary'];

test.each([['services push'], ['services push2'], ['service push'], ['releases start']])(
  '%s sends values and channels, with a key of its own',
  async (verb) => {
    const { exitCode, stdout } = await cli(...verb.split(' '), 'my-service', ...sent);
    expect(api.asked[0]?.body).toEqual({
      service: 'my-service',
      parameters: { changeId: '42' },
      parametersByChannel: { production: { n: '2' } },
      channels: ['staging', 'canary'],
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(stdout).toBe(`release ${id} started (v4)`);
    expect(exitCode).toBe(0);
  },
);

test('--wait-channel ends when these channels have, although another waits', async () => {
  const view = releaseView(7, [channel('staging', { status: 'CONVERGED' }), channel('production')]);
  api.on(`GET /releases/${id}/events`, events([view], { end: false }));
  const { exitCode } = await cli('services', 'push', 'my-service', '--wait-channel', 'staging');
  expect(exitCode).toBe(0);
});

const pushed = {
  outcome: 'created',
  application: 'my-app',
  service: 'my-service',
  number: 5,
  version: 'v5',
  warnings: [],
};

test('--no-release stores a version, and says how it is released', async () => {
  api.on('POST /versions', { ...pushed, warnings: ['look out'] });
  const { exitCode, stdout, stderr } = await cli('services', 'push', 'my-service', '--param', 'n=2', '--no-release');
  expect(api.asked.map(({ path, body }) => ({ path, body }))).toEqual([
    { path: '/versions', body: { service: 'my-service', parameters: { n: '2' }, parametersByChannel: {} } },
  ]);
  expect(stdout).toBe('version v5 of my-app/my-service stored');
  expect(stderr).toBe('warning: look out\n  towpath releases start my-app/my-service --version v5');
  expect(exitCode).toBe(0);
});

test('--no-release of a version that is there says so', async () => {
  api.on('POST /versions', { ...pushed, outcome: 'existing' });
  const { stdout } = await cli('services', 'push', 'my-service', '--no-release');
  expect(stdout).toBe('unchanged: my-app/my-service has version v5');
});

test.each([['releases start'], ['releases plan']])('%s --version sends the version alone', async (verb) => {
  await cli(...verb.split(' '), 'my-service', '--version', 'v5');
  expect(api.asked[0]?.body).toMatchObject({ service: 'my-service', version: 'v5' });
});

test.each([
  [['--no-release', '--wait'], '--wait is about a release, and --no-release makes none'],
  [['--no-release', '--channels', 'a'], '--channels is about a release'],
  [['--no-release', '--key', 'k'], '--key is about a release'],
  [['--fast'], 'error NOT_ACTIVE_YET: --fast does not act yet; nothing was started'],
  [['--auto-rollback'], 'error NOT_ACTIVE_YET: --auto-rollback does not act yet; nothing was started'],
  [['--channels', ','], '--channels names no channel'],
  [['--wait-channel', ''], '--wait-channel names no channel'],
  [['--channels', 'a', '--wait-channel', 'b'], '--wait-channel names "b", which --channels leaves out'],
  [['--timeout', 'soon'], '"soon" is not a duration'],
])('%j is refused before anything is asked', async (args, message) => {
  const { exitCode, stderr } = await cli('services', 'push', 'my-service', ...args);
  expect(stderr).toContain(message);
  expect(api.asked).toEqual([]);
  expect(exitCode).toBe(1);
});
