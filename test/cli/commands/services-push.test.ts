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

test.each([
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
