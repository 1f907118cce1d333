import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { publicRoutes } from '../../src/server/routes/index.js';
import { healthRoute } from '../../src/server/routes/health.js';
import { appOf } from './app-of.js';

const app = appOf();
const good = { authorization: 'Bearer the-token', host: 'localhost:7400', 'content-type': 'application/json' };
const ask = (path: string, headers: Record<string, string>, method = 'GET') => app.request(path, { method, headers });
const codeOf = async (answer: Response | Promise<Response>) => ((await (await answer).json()) as { code: string }).code;

test('only the health check is public', () => {
  expect(publicRoutes).toEqual([healthRoute]);
});

test('the health check answers without a token', async () => {
  const answer = await ask('/healthz', { host: '127.0.0.1' });
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
});

const paths = [
  ['GET', '/api/v1/status'],
  ['POST', '/api/v1/configs/validate'],
  ['POST', '/api/v1/configs/diff'],
  ['POST', '/api/v1/configs/apply'],
  ['GET', '/api/v1/configs'],
  ['GET', '/api/v1/configs/runtime/vm'],
  ['POST', '/api/v1/plans'],
  ['POST', '/api/v1/releases'],
  ['GET', '/api/v1/releases'],
  ['GET', '/api/v1/releases/a/b/1'],
  ['GET', '/api/v1/releases/a/b/1/events'],
  ['POST', '/api/v1/releases/a/b/1/commands'],
  ['POST', '/api/v1/releases/a/b/1/decisions'],
  ['GET', '/api/v1/releases/a/b/1/runs'],
  ['GET', '/api/v1/releases/a/b/1/runs/staging/1/log'],
  ['GET', '/api/v1/releases/a/b/1/runs/staging/1/result'],
  ['GET', '/api/v1/runs'],
  ['GET', '/api/v1/runtimes'],
  ['POST', '/api/v1/runtimes'],
  ['GET', '/api/v1/registries'],
  ['POST', '/api/v1/registries'],
  ['POST', '/api/v1/temporal/adopt'],
  ['POST', '/api/v1/store/restored'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/services'],
  ['GET', '/api/v1/services/a/b'],
  ['POST', '/api/v1/configs/delete'],
  ['POST', '/api/v1/versions'],
  ['GET', '/api/v1/schema.json'],
  ['GET', '/api/v1/config-versions/runtime/vm'],
  ['POST', '/api/v1/configs/revert'],
  ['GET', '/api/v1/nothing'],
  ['GET', '/'],
] as const;

test('the list of paths is the list of routes', () => {
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const fill = (path: string): string =>
    path
      .replace(':application', 'a')
      .replace(':service', 'b')
      .replace(':number', '1')
      .replace(':channel', 'staging')
      .replace(':run', '1')
      .replace(':kind', 'runtime')
      .replace(':key{.+}', 'vm');
  const known: string[] = paths.map(([method, path]) => `${method} ${path}`);
  expect(routes.map(fill).filter((route) => route !== 'GET /healthz' && !known.includes(route))).toEqual([]);
});

test.each(paths)('%s %s needs the token', async (method, path) => {
  const { authorization: _, ...rest } = good;
  const answer = await ask(path, rest, method);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(await codeOf(answer)).toBe('UNAUTHENTICATED');
});

test('no answer is kept by a cache on the way', async () => {
  expect((await ask('/api/v1/nothing', good)).headers.get('cache-control')).toBe('no-store');
});

test('no other text is the token', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', 'Bearer', 'Bearer ', 'Bearer the-toke', 'Bearer the-token2', 'Basic the-token', 'the-token'),
    fc.string().map((each) => `Bearer ${each}`),
  );
  const printable = text.filter((each) => /^[\x20-\x7e]*$/.test(each) && each.trim() !== 'Bearer the-token');
  await fc.assert(
    fc.asyncProperty(printable, async (authorization) => {
      expect((await ask('/api/v1/status', { ...good, authorization })).status).toBe(401);
    }),
  );
});

test.each([
  ['evil.example', 403],
  ['127.0.0.1.evil.example:7400', 403],
  ['', 403],
  ['127.0.0.1:7400', 404],
  ['[::1]:7400', 404],
  ['LOCALHOST', 404],
])('a request for host "%s" is answered with %i', async (host, status) => {
  expect((await ask('/api/v1/nothing', { ...good, host })).status).toBe(status);
});

test('a server that listens everywhere answers under any name', async () => {
  const everywhere = appOf({ settings: { host: '0.0.0.0' } });
  const answer = await everywhere.request('/api/v1/nothing', { headers: { ...good, host: 'towpath.example' } });
  expect(answer.status).toBe(404);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '', 'application/jsonx'])(
  'a body of type "%s", which a page may send, is not read',
  async (type) => {
    const answer = await ask('/api/v1/releases', { ...good, 'content-type': type }, 'POST');
    expect([answer.status, await codeOf(answer)]).toEqual([415, 'WRONG_CONTENT_TYPE']);
  },
);

test('a bug says nothing of itself', async () => {
  const answer = await ask('/api/v1/runs', good);
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL' });
  expect(text).not.toContain('openRuns');
});

test.each(['{', '[]', '{"service": 3}', '{"service": "a", "more": 1}'])('the body %s is refused', async (text) => {
  const answer = await app.request('/api/v1/releases', { method: 'POST', headers: good, body: text });
  expect([answer.status, await codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
});

test.each([
  ['PUT', '/api/v1/releases', 'POST, GET, HEAD'],
  ['GET', '/api/v1/configs/apply', 'POST'],
  ['POST', '/api/v1/releases/a/b/1', 'GET, HEAD'],
  ['DELETE', '/healthz', 'GET, HEAD'],
])('%s %s is answered with what may be asked there', async (method, path, allow) => {
  const answer = await ask(path, good, method);
  expect([answer.status, answer.headers.get('allow'), await codeOf(answer)]).toEqual([405, allow, 'WRONG_METHOD']);
});

test.each(['?limit=1.5', '?limit=0', '?limit=501', '?limit=x', '?aplication=my-app'])(
  'the query %s is refused, and nothing is read',
  async (query) => {
    const answer = await ask(`/api/v1/releases${query}`, good);
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  },
);

test('a body over the limit is not read', async () => {
  const text = JSON.stringify({ service: 'x'.repeat(17 * 1024 * 1024) });
  const answer = await app.request('/api/v1/releases', {
    method: 'POST',
    headers: { ...good, 'content-length': String(text.length) },
    body: text,
  });
  expect([answer.status, await codeOf(answer)]).toEqual([413, 'BODY_TOO_LARGE']);
});

/** Sent piece by piece, and without its length unless that is given. */
const send = (body: ReadableStream<Uint8Array>, more: Record<string, string> = {}) =>
  app.request(
    new Request('http://localhost:7400/api/v1/releases', {
      method: 'POST',
      headers: { ...good, ...more },
      body,
      duplex: 'half',
    } as RequestInit),
  );

test('a body without a length is not read beyond the limit', async () => {
  let read = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const answer = await send(endless);
  expect([answer.status, await codeOf(answer)]).toEqual([413, 'BODY_TOO_LARGE']);
  expect(read).toBeLessThan(20);
});

test('a body that breaks off is a bad request, and no bug of the server', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('the connection was reset')),
  });
  const answer = await send(broken, { 'content-length': '100' });
  expect([answer.status, await codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
});

test('the body of a stranger is not read', async () => {
  const { authorization: _, ...stranger } = good;
  let read = 0;
  const endless = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    },
    { highWaterMark: 0 },
  );
  const request = new Request('http://localhost:7400/api/v1/releases', {
    method: 'POST',
    headers: stranger,
    body: endless,
    duplex: 'half',
  } as RequestInit);
  expect([(await app.request(request)).status, read]).toEqual([401, 0]);
});
