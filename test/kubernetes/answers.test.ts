import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/release/plan.js';
import { Readiness } from '../../src/kubernetes/readiness.js';
import { startScriptedServer, token, type Answer, type ScriptedServer } from './api-server.js';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer(1600);
});
afterAll(() => server?.stop());
beforeEach(() => {
  server.asked.length = 0;
});

const manifest: JsonObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: {} };
const jobThere: Answer = { json: { metadata: { name: 'j', namespace: 'n', uid: 'u-1' } } };
const hang: Answer = () => undefined;
const reset: Answer = (response) => void response.socket?.destroy();

/** Answers in this order; the last one again and again. */
function script(...answers: [Answer, ...Answer[]]): void {
  let nth = 0;
  server.answer = () => answers[Math.min(nth++, answers.length - 1)] as Answer;
}

describe('a question without an answer', () => {
  test.each<[string, Answer]>([
    ['is silent', hang],
    ['breaks', reset],
  ])('is asked again on a new connection when the first %s', async (_, first) => {
    script(jobThere);
    await server.gateway.readJob('n', 'j');
    script(first, jobThere);
    const opened = server.opened.size;
    await expect(server.gateway.readJob('n', 'j')).resolves.toMatchObject({ uid: 'u-1' });
    expect(server.opened.size).toBe(opened + 1);
  });
});

describe('a refusal', () => {
  test.each<[string, Answer, string]>([
    ['400', { status: 400 }, 'SPEC_REFUSED'],
    ['401', { status: 401 }, 'RUNTIME_FORBIDDEN'],
    ['403', { status: 403 }, 'RUNTIME_FORBIDDEN'],
    ['408', { status: 408 }, 'RUNTIME_UNREACHABLE'],
    ['409', { status: 409 }, 'RUNTIME_UNREACHABLE'],
    ['422', { status: 422 }, 'SPEC_REFUSED'],
    ['429', { status: 429 }, 'RUNTIME_UNREACHABLE'],
    ['500', { status: 500 }, 'RUNTIME_UNREACHABLE'],
    ['503', { status: 503 }, 'RUNTIME_UNREACHABLE'],
    ['the page of a proxy', (response) => void response.end('<html>please log in</html>'), 'RUNTIME_UNREACHABLE'],
    ['a reset connection', reset, 'RUNTIME_UNREACHABLE'],
    ['no answer in time', hang, 'RUNTIME_UNREACHABLE'],
  ])('%s has a code', async (_, answer, code) => {
    script(answer);
    await expect(server.gateway.readJob('n', 'j')).rejects.toMatchObject({ code });
  });

  test.each<[string, Answer]>([
    ['an object', { status: 403, message: 'you may not' }],
    ['text, because its status is not in the API', { status: 418, message: 'you may not' }],
  ])("keeps the API's own sentence of a body that is %s, and nothing else", async (_, answer) => {
    script(answer);
    const error = await server.gateway.readJob('n', 'j').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('you may not') as unknown });
    const everything = JSON.stringify(error, Object.getOwnPropertyNames(error));
    for (const secret of ['canary-body', 'canary-header', token]) expect(everything).not.toContain(secret);
  });

  test('about a Secret keeps no sentence: it may repeat what was written', async () => {
    const data = { key: 'c2VjcmV0' };
    server.answer = ({ method, path }) => {
      if (method === 'GET')
        return path.endsWith('/source') ? { json: { type: 'kubernetes.io/dockerconfigjson', data } } : { status: 404 };
      return { status: 422, message: `Invalid value: ${data.key}` };
    };
    const secret = { registry: 'hub', from: { namespace: 'n', name: 'source' }, as: 'copy' };
    const written = server.gateway.ensurePullSecret('n', secret, 'i');
    await expect(written).rejects.toMatchObject({
      code: 'SPEC_REFUSED',
      message: 'write Secret n/copy: the API server answered 422',
    });
  });

  test.each([
    ['7', 7000],
    ['100000', 300_000],
    ['0', undefined],
    ['soon', undefined],
  ])('that says "Retry-After: %s" is asked again after %s ms', async (value, retryAfterMs) => {
    script({ status: 429, headers: { 'retry-after': value } });
    await expect(server.gateway.readJob('n', 'j')).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE', retryAfterMs });
  });
});

describe('a refusal of a server that is not ready', () => {
  const refused = (): Promise<unknown> => server.gateway.readJob('n', 'j').catch((error: unknown) => error);
  afterEach(() => {
    server.ready = 200;
  });

  test.each([401, 403])('%i may be over in a moment', async (status) => {
    script({ status });
    server.ready = 500;
    expect(await refused()).toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
    server.ready = 200;
    expect(await refused()).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  });

  test('that does not say whether it is ready is believed after a minute, until it was away', async () => {
    let now = 0;
    const readiness = new Readiness(() => now);
    const asking = { server: server.address, requestOptions: () => Promise.resolve({}) };
    const isMeant = (): Promise<boolean> =>
      readiness.mustBeMeant(403, asking).then(
        () => true,
        () => false,
      );
    server.ready = 403;
    const seen: boolean[] = [];
    for (now of [0, 59_000, 60_000, 3_600_000]) seen.push(await isMeant());
    readiness.wasAway();
    for (now of [3_601_000, 3_662_000]) seen.push(await isMeant());
    expect(seen).toEqual([false, false, true, true, false, true]);
  });
});

describe('credentials', () => {
  test('that are not known any more are read again, and tried once more', async () => {
    const before = server.loads();
    script({ status: 401 }, jobThere);
    expect(await server.gateway.readJob('n', 'j')).toMatchObject({ uid: 'u-1' });
    expect(server.loads()).toBe(before + 1);
  });

  test('are tried once more, not for ever', async () => {
    script({ status: 401 });
    await expect(server.gateway.readJob('n', 'j')).rejects.toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
    expect(server.asked).toHaveLength(2);
  });

  test('go with a log too', async () => {
    script({ status: 401 }, (response) => void response.end('text'));
    const parts: string[] = [];
    const read = server.gateway.readLog({
      namespace: 'n',
      pod: 'p',
      container: 'main',
      offset: 0,
      follow: false,
      silenceMs: 1000,
      signal: new AbortController().signal,
      onText: (text) => Promise.resolve(void parts.push(text.toString())),
    });
    expect(await read).toBe('end');
    expect(parts).toEqual(['text']);
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  });

  test('that reach the namespace alone are enough for a configured one', async () => {
    script({ status: 403 });
    await server.gateway.ensureNamespace({ name: 'mine', managed: false }, { installation: 'i', runtime: 'vm' });
    const managed = server.gateway.ensureNamespace({ name: 'm', managed: true }, { installation: 'i', runtime: 'vm' });
    await expect(managed).rejects.toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  });
});

describe('creating a Job', () => {
  test.each<[string, Answer]>([
    ['an error of the server', { status: 500 }],
    ['a time-out of the server', { status: 504 }],
    ['a conflict that is not about the name', { status: 409, reason: 'Conflict' }],
    ['a reset connection', reset],
    ['no answer in time', hang],
  ])('%s leaves it open whether it exists, and what is there decides', async (_, answer) => {
    script(answer, jobThere);
    expect(await server.gateway.createJob('n', manifest)).toBe('exists');
    script(answer, { status: 404 });
    await expect(server.gateway.createJob('n', manifest)).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
    script(answer);
    await expect(server.gateway.createJob('n', manifest)).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
  });

  test.each<[string, Answer, string]>([
    ['a quota', { status: 403, message: 'exceeded quota: jobs, requested: 1' }, 'RUNTIME_UNREACHABLE'],
    ['missing rights', { status: 403, message: 'cannot create jobs' }, 'RUNTIME_FORBIDDEN'],
    ['a namespace that goes', { status: 403, causes: [{ reason: 'NamespaceTerminating' }] }, 'NAMESPACE_MISSING'],
    ['a missing namespace', { status: 404 }, 'NAMESPACE_MISSING'],
    ['a refused field', { status: 422, message: 'spec: Invalid value' }, 'SPEC_REFUSED'],
  ])('%s is a clear no', async (_, answer, code) => {
    script(answer, jobThere);
    await expect(server.gateway.createJob('n', manifest)).rejects.toMatchObject({ code });
    expect(server.asked).toHaveLength(1);
  });

  test('in a namespace that has gone, the namespace is looked at again', async () => {
    const owner = { installation: 'i', runtime: 'vm' };
    const ensure = (): Promise<void> => server.gateway.ensureNamespace({ name: 'known', managed: false }, owner);
    script({ json: { metadata: { name: 'known' } } });
    await ensure();
    await ensure();
    expect(server.asked).toHaveLength(1);
    script({ status: 404 });
    await expect(server.gateway.createJob('known', manifest)).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
    await expect(ensure()).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
  });
});

describe('writing', () => {
  const asked = () => server.asked.map(({ method, headers, body }) => [method, headers['content-type'], body] as const);

  test('a deletion is in the foreground, and of the uid', async () => {
    script({ status: 409, reason: 'Conflict' });
    await server.gateway.deleteJob('n', 'j', 'u-1');
    const [[method, , body] = []] = asked();
    expect(method).toBe('DELETE');
    expect(JSON.parse(body ?? '')).toEqual({ propagationPolicy: 'Foreground', preconditions: { uid: 'u-1' } });
  });

  test('the time to live is a merge patch, of the uid', async () => {
    script({ status: 422, causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] });
    await server.gateway.setTtl({ namespace: 'n', name: 'j', uid: 'u-1' }, 900);
    const [[method, type, body] = []] = asked();
    expect([method, type]).toEqual(['PATCH', 'application/merge-patch+json']);
    expect(JSON.parse(body ?? '')).toEqual({ metadata: { uid: 'u-1' }, spec: { ttlSecondsAfterFinished: 900 } });
  });

  test('what is refused for another reason is an error', async () => {
    script({ status: 422, message: 'negative' });
    const set = server.gateway.setTtl({ namespace: 'n', name: 'j', uid: 'u-1' }, -1);
    await expect(set).rejects.toMatchObject({ code: 'SPEC_REFUSED' });
  });
});

test('requests that follow each other share a connection', async () => {
  script(jobThere);
  await server.gateway.readJob('n', 'j');
  const before = server.opened.size;
  for (let nth = 0; nth < 5; nth++) await server.gateway.readJob('n', 'j');
  expect(server.opened.size).toBe(before);
});

test('after one that was not answered, none of the idle connections is trusted', async () => {
  script(jobThere);
  await Promise.all([server.gateway.readJob('n', 'j'), server.gateway.readJob('n', 'j')]);
  script(hang, jobThere);
  await expect(server.gateway.ping()).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
  const before = server.opened.size;
  await server.gateway.readJob('n', 'j');
  expect(server.opened.size).toBe(before + 1);
});

test('times are those of the cluster', async () => {
  server.answer = () => (response) => {
    response.sendDate = false;
    response.setHeader('Date', 'Thu, 01 Jan 2026 10:00:00 GMT');
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ metadata: { name: 'j', creationTimestamp: '2026-01-01T09:59:00Z' } }));
  };
  expect(await server.gateway.readJob('n', 'j')).toMatchObject({
    createdAt: '2026-01-01T09:59:00.000Z',
    readAt: '2026-01-01T10:00:00.000Z',
  });
});
