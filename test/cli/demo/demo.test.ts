import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identify } from '../../../src/embedded/process-id.js';
import type { ReleaseView } from '../../../src/release/view.js';
import type { StartBody } from '../../../src/server/api.js';
import { events, startFakeApi, text, type Asked, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';
import { stateOf } from '../states.js';
import { channel, converged, converging, failed, releaseView, waiting } from '../views.js';

const id = 'my-app/my-service/7';
let api: FakeApi;
/** Where the pages are. */
let folder: string;
/** What the programs of the two channels write, with the change that was asked for. */
let publish: Record<'staging' | 'production', () => void>;

beforeEach(async () => {
  api = await startFakeApi();
  const documents = [{ kind: 'application', key: 'my-app', change: 'new' }];
  api.on('POST /configs/validate', { documents, issues: [] });
  api.on('POST /configs/apply', { documents, issues: [] });
  api.on('GET /runtimes', [{ name: 'my-kubernetes-runtime', kind: 'kubernetes', workers: 1 }]);
  api.on('GET /status', { version: '1', installation: `test-${randomUUID()}`, clusters: [] });
  api.on('POST /releases', (asked, response) => {
    const { site = '', changeId = '' } = (asked.body as StartBody).parameters ?? {};
    folder = site;
    const page = (name: string) => (): void => {
      mkdirSync(path.join(site, name), { recursive: true });
      writeFileSync(path.join(site, name, 'index.html'), `<title>my-service v4, change ${changeId}</title>`);
    };
    publish = { staging: page('staging'), production: page('production') };
    response.end(JSON.stringify({ outcome: 'created', id, version: 'v4', digest: 'd', warnings: [] }));
  });
  api.on(
    `GET /releases/${id}/events`,
    staged(() => publish.staging(), [converging, waiting]),
    events([converged]),
  );
  api.on(`POST /releases/${id}/decisions`, (_, response) => {
    publish.production();
    response.end(JSON.stringify({ requestId: 'r', outcome: 'counted' }));
  });
  api.on(`GET /releases/${id}/runs`, []);
  api.on(`GET /releases/${id}/runs/staging/1/log`, text('publishing to staging\n'));
  api.on(`GET /releases/${id}/runs/production/2/log`, text('publishing to production\n'));
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Views, and what the programs did before them. */
const staged =
  (before: () => void, views: ReleaseView[]) =>
  (...call: Parameters<ReturnType<typeof events>>): void => {
    before();
    events(views)(...call);
  };

const supervisor = identify(process.pid) ?? { pid: 0, startTime: '' };

function demo(args: string[] = [], answers?: (string | undefined)[], cluster: object = {}) {
  const state = stateOf({ supervisor, server: api.url, parts: { cluster } });
  const files = { 'home/state.json': JSON.stringify(state), 'home/token': 'the-token' };
  return runCli(['demo', ...args], { files, ...(answers ? { answers } : {}) });
}

const decision = (): Asked | undefined => api.asked.find(({ path: at }) => at.endsWith('/decisions'));

test('it takes a release through both channels, and shows the pages before and after', async () => {
  const { exitCode, stdout } = await demo();
  const pages = stdout.split('\n').filter((line) => line.startsWith('GET '));
  expect(pages).toEqual([
    expect.stringMatching(/staging\/ +nothing is published yet$/),
    expect.stringMatching(/production\/ +nothing is published yet$/),
    expect.stringMatching(/staging\/ +my-service v4, change demo-20260301-120000000$/),
    expect.stringMatching(/production\/ +nothing is published yet {2}\(waits for an approval\)$/),
    expect.stringMatching(/staging\/ +my-service v4, change demo-20260301-120000000$/),
    expect.stringMatching(/production\/ +my-service v4, change demo-20260301-120000000$/),
  ]);
  expect(stdout).toContain('staging | publishing to staging');
  expect(stdout).toContain('http://127.0.0.1:8233/namespaces/towpath/workflows/release%2Fmy-app%2Fmy-service%2F7');
  expect(stdout).toMatch(
    /\ncluster build: none was needed; everything else [0-9.]+ s\nrelease my-app\/my-service\/7 converged$/,
  );
  expect(exitCode).toBe(0);
});

test.each([
  [[], undefined, 'approving production by itself: there is no terminal to ask at'],
  [['--yes'], undefined, 'approving production, as --yes says'],
])('with %j and nobody to ask it approves by itself, and says so', async (args, answers, line) => {
  const { stdout, questions } = await demo(args, answers);
  expect(stdout).toContain(line);
  expect(questions).toEqual([]);
  expect(decision()?.body).toMatchObject({ channel: 'production', decision: 'approve' });
});

test.each([['y'], [''], ['Yes']])('a person who answers %j approves', async (answer) => {
  const { exitCode, questions } = await demo([], [answer]);
  expect(questions).toEqual(['Approve production? [Y/n] ']);
  expect(decision()?.body).toMatchObject({ decision: 'approve' });
  expect(exitCode).toBe(0);
});

test('a person who says no rejects, which is exit code 2', async () => {
  const rejected = releaseView(8, [
    channel('staging', { status: 'CONVERGED' }),
    channel('production', { status: 'REJECTED' }),
  ]);
  api.on(
    `GET /releases/${id}/events`,
    staged(() => publish.staging(), [waiting]),
    events([rejected]),
  );
  const { exitCode, stdout } = await demo([], ['n']);
  expect(decision()?.body).toMatchObject({ decision: 'reject', reason: expect.any(String) });
  expect(stdout).toMatch(/release my-app\/my-service\/7 did not converge: REJECTED$/);
  expect(exitCode).toBe(2);
});

test('a person who goes away leaves the release waiting', async () => {
  const { exitCode, stderr } = await demo([], [undefined]);
  expect(stderr).toContain('nobody answered; the release goes on waiting');
  expect(decision()).toBeUndefined();
  expect(exitCode).toBe(1);
});

test('a failing program ends it with the reason, and production is not asked about', async () => {
  api.on(`GET /releases/${id}/events`, events([converging, failed]));
  const { exitCode, stdout } = await demo();
  expect(stdout).toContain('staging: APPLY_FAILED (run 1): the program ended with exit code 3');
  expect(stdout).toMatch(/release my-app\/my-service\/7 did not converge: FAILED$/);
  expect(decision()).toBeUndefined();
  expect(exitCode).toBe(2);
});

test('a page of production that changes before the approval is an error', async () => {
  const early = (): void => {
    publish.staging();
    publish.production();
  };
  api.on(`GET /releases/${id}/events`, staged(early, [waiting]));
  const { exitCode, stderr } = await demo();
  expect(stderr).toContain("production's page has changed before anybody approved");
  expect(decision()).toBeUndefined();
  expect(exitCode).toBe(1);
});

test('a release that converges without changing the page is an error', async () => {
  api.on(`GET /releases/${id}/events`, events([waiting]));
  const { exitCode, stderr } = await demo();
  expect(stderr).toContain('the page of staging does not show change demo-20260301-120000000');
  expect(exitCode).toBe(1);
});

test('documents that somebody wrote under these names are not changed without a word', async () => {
  const documents = [{ kind: 'application', key: 'my-app', change: 'changed' }];
  api.on('POST /configs/validate', { documents, issues: [] });
  const refused = await demo();
  expect(refused.stderr).toContain('the demo would change application/my-app, which is stored already');
  expect(refused.exitCode).toBe(1);
  expect((await demo(['--yes'])).exitCode).toBe(0);
});

test('it works on the installation of this machine, whatever server is named otherwise', async () => {
  const { exitCode } = await demo(['--server', 'http://127.0.0.1:1']);
  expect(exitCode).toBe(0);
});

test('a cluster of your own is refused: the program writes into a folder of this machine', async () => {
  const { exitCode, stderr } = await demo([], undefined, { state: 'given' });
  expect(stderr).toContain('so it needs the embedded cluster');
  expect(exitCode).toBe(1);
});
