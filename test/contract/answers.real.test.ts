import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readEvents } from '../../src/cli/server-sent-events.js';
import { identify } from '../../src/embedded/process-id.js';
import type { Problem } from '../../src/server/api.js';
import { stateOf } from '../cli/states.js';
import { grant, keyOf } from '../store/stored.js';
import { body, example } from '../server/example.js';
import { cases, failed, refusals, type Case, type Refusal } from './cases.js';
import { answerOf, componentOf, expectFits, headerOf, operations } from './published.js';
import { startServed, type Served } from './served.js';
import { withoutCommand } from './without-command.js';

let server: Served;
beforeAll(async () => {
  server = await startServed();
});
afterAll(() => server?.close());

const named = <Each extends { claim: string }>(all: Each[]): [string, Each][] => all.map((each) => [each.claim, each]);

/** Asks the operation, and holds the answer to what the document promises of this status. */
async function ask({ operation, path, body: sent, status = 200 }: Omit<Case, 'claim' | 'cli'>): Promise<unknown> {
  const answer = await server.fetch(operations[operation]?.method ?? '', path, sent);
  const json: unknown = await answer.json();
  expect([answer.status, json]).toEqual([status, expect.anything()]);
  const type = answer.headers.get('content-type') ?? '';
  expectFits(json, answerOf(operation, status, type));
  return json;
}

test.each(named(cases))('%s', async (_, each: Case) => {
  await each.before?.(server);
  const fromApi = await ask(each);
  const { exitCode, stdout } = await server.cli(each.cli, each.files);
  const fromCli: unknown = JSON.parse(stdout);
  expectFits(fromCli, answerOf(each.operation, each.status ?? 200, 'application/json'));
  expect(exitCode).toBe(each.exitCode ?? 0);
  for (const answer of [fromApi, fromCli]) expect(answer).toMatchObject(each.has ?? {});
  expect(each.equal ? fromCli : fromApi).toEqual(fromApi);
});

// Of a problem the command line leaves out what speaks of HTTP; its answer, stdout, stays empty.
test.each(named(refusals))('refused: %s', async (_, each: Refusal) => {
  const { type: _type, title: _title, status: _status, ...problem } = (await ask(each)) as Problem;
  const { exitCode, stdout, stderr } = await server.cli(each.cli, each.files);
  expect([problem.code, exitCode, stdout]).toEqual([each.code, 1, '']);
  expect(JSON.parse(stderr)).toEqual(problem);
});

test.each([
  ['health', '/healthz'],
  ['openapi', '/api/v1/openapi.json'],
  ['status', '/api/v1/status'],
  ['listRuns', `/api/v1/releases/${failed}/runs`],
])('%s is answered as promised', async (operation, path) => {
  expect(await ask({ operation, path })).toBeDefined();
});

test('status prints the parts of this installation, with the answer of its server', async () => {
  const fromApi = await ask({ operation: 'status', path: '/api/v1/status' });
  const me = identify(process.pid) ?? { pid: 0, startTime: '' };
  const state = stateOf({ supervisor: me, server: server.url, parts: { server: { process: me } } });
  const files = { 'home/state.json': JSON.stringify(state), 'home/token': 'the-token' };
  const { stdout } = await server.cli(['status'], files);
  expect(JSON.parse(stdout)).toMatchObject({ phase: 'ready', server: fromApi });
});

test('an open run is listed as promised, before and after its Job is there', async () => {
  const key = keyOf({ service: 'my-service' }, 2);
  const run = await grant(server.context.store, key);
  const before = await ask({ operation: 'listOpenRuns', path: '/api/v1/runs?state=open' });
  expect(before).toMatchObject([{ release: 'my-app/my-service/2', run }]);
  const job = {
    cluster: 'ops',
    namespace: 'n',
    name: 'j',
    uid: 'u',
    specHash: 's',
    allottedAt: '',
    mainContainer: 'm',
  };
  await server.context.store.recordJob({ key, run, ...job });
  expect(await ask({ operation: 'listOpenRuns', path: '/api/v1/runs' })).toMatchObject([{ job: { name: 'j' } }]);
});

test('a log is the same bytes for both', async () => {
  const [run] = (await ask({ operation: 'listRuns', path: `/api/v1/releases/${failed}/runs` })) as { run: number }[];
  const answer = await server.fetch('get', `/api/v1/releases/${failed}/runs/staging/${run?.run}/log`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(answer.headers.get('towpath-log-next')).toBe('3');
  expectFits(3, headerOf('readLog', 200, 'towpath-log-next'));
  expect(await answer.text()).toBe('no\n');
  expect((await server.cli(['releases', 'logs', failed, 'staging'])).stdout).toBe('no\n');
});

test('a watcher is sent what the release would be answered as', async () => {
  const answer = await server.fetch('get', `/api/v1/releases/${failed}/events`);
  for await (const { event, data } of readEvents(answer, 30_000)) {
    expect(event).toBe('view');
    expectFits(JSON.parse(data), componentOf('ReleaseView'));
    break;
  }
});

test('checking files without a server says nothing of what would change', async () => {
  const { stdout } = await server.cli(['configs', 'validate', '.'], example);
  const { issues, documents } = JSON.parse(stdout) as { issues: unknown[]; documents: object[] };
  expect(issues).toEqual([]);
  expect(documents).toContainEqual({ kind: 'service', key: 'my-app/my-service' });
});

test('files that are not valid are refused with the same issues by both', async () => {
  const broken = { 'a.pvn.yaml': 'service: {name: x, application: none, runtimeExtension: {}}\n' };
  const path = '/api/v1/configs/apply';
  const problem = (await ask({ operation: 'applyConfigs', path, body: body(broken), status: 422 })) as Problem;
  const { stdout, stderr, exitCode } = await server.cli(['configs', 'apply', 'a.pvn.yaml', '--yes'], broken);
  expect(JSON.parse(stderr)).toMatchObject({ code: 'CONFIG_INVALID', issues: problem.issues });
  expect([exitCode, stdout]).toEqual([1, '']);
});

test('every operation has a case, or a reason why no command prints it', () => {
  const covered = [...cases.map(({ operation }) => operation), ...Object.keys(withoutCommand)];
  expect([...new Set(covered)].toSorted()).toEqual(Object.keys(operations).toSorted());
});
