import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refuse, startFakeApi, type FakeApi } from './fake-api.js';
import { runCli } from './run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
});
afterEach(() => api.close());

const list = ['configs', 'list'];

test('a request carries the token, and who asks', async () => {
  api.on('GET /configs', []);
  const { exitCode, stdout } = await runCli([...list, '-f', 'json', '--as', 'bob'], { server: api.url });
  expect(api.asked[0]?.headers).toMatchObject({ authorization: 'Bearer the-token', 'towpath-as': 'bob' });
  expect(stdout).toBe('[]');
  expect(exitCode).toBe(0);
});

test('the token file serves the installation of this machine', async () => {
  api.on('GET /configs', []);
  const { exitCode } = await runCli([...list, '--server', api.url], { files: { 'home/token': 'from-file\n' } });
  expect(api.asked[0]?.headers.authorization).toBe('Bearer from-file');
  expect(exitCode).toBe(0);
});

test('the token file is shown to no server elsewhere', async () => {
  const { exitCode, stderr } = await runCli([...list, '--server', 'http://towpath.example'], {
    files: { 'home/token': 'from-file\n' },
  });
  expect(stderr).toContain('error UNAUTHENTICATED: there is no token for http://towpath.example');
  expect(stderr).toContain('TOWPATH_TOKEN');
  expect(exitCode).toBe(1);
});

test('before the first `up` it says how to begin', async () => {
  const { exitCode, stderr } = await runCli(list);
  expect(stderr).toMatch(/^error NOT_RUNNING: there is no installation in .*\n {2}`towpath up` makes one/);
  expect(exitCode).toBe(1);
});

test('a server that is not there is said plainly, with the way out', async () => {
  await api.close();
  const { exitCode, stderr } = await runCli(list, { server: api.url });
  expect(stderr).toMatch(/^error NOT_RUNNING: no Towpath server answers at .*\n {2}`towpath up` starts one here/);
  expect(stderr).not.toContain('fetch failed');
  expect(exitCode).toBe(1);
});

test('an address that is none is refused', async () => {
  const { stderr } = await runCli(list, { server: 'localhost' });
  expect(stderr).toContain('error BAD_REQUEST: "localhost" is not the address of a server');
});

test('a problem becomes code, message and hint', async () => {
  api.on('GET /configs', refuse({ code: 'NOT_ALLOWED', detail: 'bob may not look', hint: 'ask ann' }, 403));
  const { exitCode, stderr } = await runCli(list, { server: api.url });
  expect(stderr).toBe('error NOT_ALLOWED: bob may not look\n  ask ann');
  expect(exitCode).toBe(1);
});

test.each([
  ['is lost', (_: unknown, response: { destroy(): void }) => response.destroy()],
  ['is not available for a moment', refuse({ code: 'STORE_UNREACHABLE', detail: 'x' }, 503)],
])('an answer that %s is asked for again', async (_, first) => {
  api.on('GET /configs', first as never, []);
  const { exitCode } = await runCli(list, { server: api.url });
  expect(api.asked).toHaveLength(2);
  expect(exitCode).toBe(0);
});

test('something else than Towpath on that port is told apart', async () => {
  api.on('GET /configs', (_, response) => response.writeHead(200).end('<html>'));
  const { exitCode, stderr } = await runCli(list, { server: api.url });
  expect(stderr).toContain('it is not a Towpath server');
  expect(exitCode).toBe(1);
});

test('a redirect is not followed, so the token stays where it belongs', async () => {
  api.on('GET /configs', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  const { exitCode } = await runCli(list, { server: api.url });
  expect(api.asked.map(({ path }) => path)).toEqual(['/configs']);
  expect(exitCode).toBe(1);
});

test('a bug is apologised for, and its stack goes to a file', async () => {
  api.on('GET /configs', (_, response) => response.writeHead(200).end('{"not": "a list"}'));
  const { exitCode, stderr } = await runCli(['configs', 'list'], { server: api.url });
  expect(stderr).toMatch(/^error INTERNAL: .*bug of towpath.*\n {2}the details are in .*cli\.log$/);
  expect(exitCode).toBe(1);
});

test('Ctrl-C ends a command with 130 and says nothing', async () => {
  const stop = new AbortController();
  api.on('GET /configs', () => stop.abort());
  const { exitCode, stderr } = await runCli(list, { server: api.url, signal: stop.signal });
  expect(stderr).toBe('');
  expect(exitCode).toBe(130);
});
