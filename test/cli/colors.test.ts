import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { planAnswer } from '../fakes/plans.js';
import { events, startFakeApi, type FakeApi } from './fake-api.js';
import { runCli, type RunOptions } from './run-cli.js';
import { stateOf } from './states.js';
import { channel, releaseView } from './views.js';

const id = 'my-app/my-service/7';
const failed = releaseView(3, [channel('staging', { status: 'FAILED' })]);
const at = '2026-03-01T10:00:00Z';
const stored = { documents: [{ kind: 'application', key: 'my-app', change: 'new', version: 1 }], issues: [] };
const files = {
  'a.pvn.yaml': 'application: {name: my-app, releaseChannels: []}\n',
  'home/state.json': JSON.stringify(stateOf()),
  'home/token': 'the-token',
};

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  const channels = [{ name: 'staging', status: 'FAILED' }];
  const service = { application: 'my-app', service: 'my-service', channels };
  api.on('POST /configs/validate', stored);
  api.on('POST /configs/diff', stored);
  api.on('POST /configs/apply', stored);
  api.on('GET /runtimes', [{ name: 'ops', kind: 'kubernetes', version: 1, workers: 0 }]);
  api.on('GET /services', [service]);
  api.on('GET /services/my-app/my-service', { ...service, parameters: [] });
  api.on('POST /plans', planAnswer());
  api.on('GET /releases', [{ id, status: 'FAILED', version: 'v4', requestedBy: 'ann', createdAt: at, channels }]);
  api.on(`GET /releases/${id}`, failed);
  api.on(`GET /releases/${id}/events`, events([failed]));
  api.on(`GET /releases/${id}/runs`, []);
});
afterEach(() => api.close());

/** Every verb that colours, but for `doctor`, `up` and `demo`, which start or look at processes. */
const verbs = [
  ['configs', 'apply', '.', '--yes', '--no-wait'],
  ['runtimes', 'list'],
  ['services', 'list'],
  ['services', 'get', 'my-app/my-service'],
  ['releases', 'plan', 'my-app/my-service'],
  ['releases', 'start', 'my-app/my-service', '--dry-run'],
  ['releases', 'list'],
  ['releases', 'get', id],
  ['releases', 'why', id],
  ['releases', 'watch', id],
  ['status'],
].map((words) => ({ verb: words.join(' '), words }));

const escape = '\u001B[';
async function shown(words: string[], options: RunOptions): Promise<string> {
  const { stdout, stderr, screens } = await runCli(words, { server: api.url, files, ...options });
  expect(stdout + screens.join('')).not.toBe('');
  return [stdout, stderr, ...screens].join('\n');
}

test.each(verbs)('$verb: colours on a terminal, and nowhere else', async ({ words }) => {
  const terminal = { isTTY: true };
  const none = { NO_COLOR: '1' };
  expect(await shown(words, terminal)).toContain(escape);
  expect(await shown(words, { ...terminal, env: { NO_COLOR: '' } })).toContain(escape);
  expect(await shown(words, { ...terminal, env: none })).not.toContain(escape);
  expect(await shown([...words, '--no-color'], terminal)).not.toContain(escape);
  expect(await shown(['--no-color', ...words], terminal)).not.toContain(escape);
  expect(await shown([...words, '--format', 'json'], terminal)).not.toContain(escape);
  expect(await shown(words, {})).not.toContain(escape);
});

test('nobody but the context decides whether there are colours', () => {
  const sources = readdirSync('src/cli', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const deciding = sources.filter((file) => {
    const source = readFileSync(path.join('src/cli', file), 'utf8');
    return /^import (?!type ).*'picocolors'/m.test(source) || /\\(x1b|u001b|u\{1b\})\[/i.test(source);
  });
  expect(deciding).toEqual(['context.ts']);
});
