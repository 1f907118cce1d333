import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LogRead } from '../../src/activities/ports.js';
import { startScriptedServer, type ScriptedServer } from './api-server.js';

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(() => server?.stop());

async function until(good: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !good(); tries++) await delay(10);
  expect(good()).toBe(true);
}

describe('a log', () => {
  const parts: string[] = [];
  const leaving = (): AbortController => new AbortController();
  const read = (signal: AbortSignal, more: { silenceMs?: number; offset?: number } = {}): Promise<LogRead> => {
    parts.length = 0;
    return server.gateway.readLog({
      namespace: 'n',
      pod: 'p',
      container: 'main',
      offset: more.offset ?? 0,
      follow: true,
      silenceMs: more.silenceMs ?? 60_000,
      signal,
      onText: (text) => Promise.resolve(void parts.push(text.toString())),
    });
  };

  test('whose connection breaks is not at its end', async () => {
    server.answer = () => (response) => {
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    };
    const { signal } = leaving();
    await expect(read(signal)).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
    expect(parts.join('')).toBe('half');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('that does not begin is left when the signal aborts', async () => {
    server.answer = () => () => undefined;
    const controller = leaving();
    const reading = read(controller.signal);
    await until(() => server.asked.length === 1);
    controller.abort('enough');
    await expect(reading).rejects.toBe('enough');
    await until(() => server.open.size === 0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('that does not begin is silent', async () => {
    server.answer = () => () => undefined;
    expect(await read(leaving().signal, { silenceMs: 50 })).toBe('silent');
    await until(() => server.open.size === 0);
  });

  test('that falls silent is left, and its connection closed', async () => {
    server.answer = () => (response) => void response.write('once');
    expect(await read(leaving().signal, { silenceMs: 50 })).toBe('silent');
    await until(() => server.open.size === 0);
  });

  test('that comes line by line is taken in fewer pieces', async () => {
    const lines = Array.from({ length: 50 }, (_, nth) => `line ${nth}\n`);
    server.answer = () => (response) => void print(response, lines);
    expect(await read(leaving().signal)).toBe('end');
    expect(parts.join('')).toBe(lines.join(''));
    expect(parts.length).toBeLessThan(lines.length / 2);
  });

  async function print(response: ServerResponse, lines: string[]): Promise<void> {
    for (const line of lines) {
      response.write(line);
      await delay(1);
    }
    response.end();
  }

  test('is skipped over many pieces', async () => {
    server.answer = () => (response) =>
      void print(
        response,
        Array.from({ length: 30 }, () => 'x'.repeat(1000)),
      );
    expect(await read(leaving().signal, { offset: 29_999 })).toBe('end');
    expect(parts).toEqual(['x']);
  });

  const lost = 'unable to retrieve container logs for containerd://4711';
  test.each([
    ['instead of it', [lost], 0, []],
    ['instead of what follows', [lost], 1000, []],
    ['behind it', ['one\ntwo', '\nrpc error: code = Unavailable desc = error reading'], 0, ['one\ntwo', '\n']],
    ['in pieces', ['one\nunable to re', 'trieve container logs for x'], 0, ['one\n']],
  ])('whose node answers an error %s is not at its end', async (_, pieces, offset, stored) => {
    server.answer = () => (response) => void print(response, pieces);
    await expect(read(leaving().signal, { offset })).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
    expect(parts.join('')).toEqual(stored.join(''));
  });

  test.each([
    ['with a newline', `${lost}\n`],
    ['in the middle of a line', `he said: ${lost}`],
    ['that is no such sentence in the end', 'unable to retr'],
  ])('in which a program says the like %s is whole', async (_, text) => {
    server.answer = () => (response) => void print(response, [text.slice(0, 12), text.slice(12)]);
    expect(await read(leaving().signal)).toBe('end');
    expect(parts.join('')).toBe(text);
  });

  test.each([
    [503, 'RUNTIME_UNREACHABLE'],
    [403, 'RUNTIME_FORBIDDEN'],
  ])('that is refused with %i has a code', async (status, code) => {
    server.answer = () => ({ status });
    await expect(read(leaving().signal)).rejects.toMatchObject({ code });
  });
});

describe('a watch', () => {
  const watched = { namespace: 'n', name: 'j', uid: 'u-1' };
  const seen = { job: '7', pods: '8' };
  const forEver = 600_000;
  /** Of the Job, and of a pod of it. */
  const line = (type: string, resourceVersion = '9'): string => {
    const labels = { 'batch.kubernetes.io/controller-uid': 'u-1' };
    return `${JSON.stringify({ type, object: { metadata: { name: 'j', uid: 'u-1', labels, resourceVersion } } })}\n`;
  };
  const streams: ServerResponse[] = [];
  /** Ends what a test has left waiting. */
  let leaving = new AbortController();
  afterEach(() => leaving.abort());
  beforeEach(() => {
    leaving = new AbortController();
    streams.length = 0;
    server.answer = () => (response) => {
      response.flushHeaders();
      streams.push(response);
    };
  });

  test('is of the Job and of its pods, from the versions that were seen', async () => {
    const changes = server.gateway.watch(watched);
    await changes.next(seen, 1, new AbortController().signal);
    await until(() => streams.length === 2);
    const bounds = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: '60' };
    const select = { labelSelector: 'batch.kubernetes.io/controller-uid' };
    const asked = server.asked.map(({ path, query }) => ({ path, query: Object.fromEntries(query) }));
    expect(asked).toContainEqual({
      path: '/apis/batch/v1/namespaces/n/jobs',
      query: { ...bounds, labelSelector: 'app.kubernetes.io/managed-by=towpath', resourceVersion: '7' },
    });
    expect(asked).toContainEqual({
      path: '/api/v1/namespaces/n/pods',
      query: { ...bounds, ...select, resourceVersion: '8' },
    });
    changes.close();
    await until(() => server.open.size === 0);
  });

  test.each([
    ['an event', line('MODIFIED')],
    ['a deletion', line('DELETED')],
    ['a line that is no JSON', '{"type": \n'],
    ['an error', line('ERROR')],
  ])('wakes with %s', async (_, text) => {
    const changes = server.gateway.watch(watched);
    const next = changes.next(seen, forEver, new AbortController().signal);
    await until(() => streams.length === 2);
    streams[0]?.write(line('BOOKMARK') + text);
    await expect(next).resolves.toBeUndefined();
    changes.close();
  });

  test('is left when the server says that it has failed', async () => {
    const changes = server.gateway.watch(watched);
    const next = changes.next(seen, forEver, new AbortController().signal);
    await until(() => streams.length === 2);
    streams[0]?.write(line('ERROR'));
    await next;
    await until(() => server.open.size === 1);
    expect(streams.filter((stream) => stream.destroyed)).toHaveLength(1);
    changes.close();
  });

  test.each<[string, (stream: ServerResponse) => void]>([
    ['in the watch', (stream) => stream.write(line('ERROR'))],
    ['at once', (stream) => stream.writeHead(410).end('{}')],
  ])('whose version is refused %s begins anew with everything as it is', async (_, refuse) => {
    server.answer = () => (response) => void streams.push(response);
    const changes = server.gateway.watch(watched);
    const jobs = (): string[] =>
      server.asked.filter(({ path }) => path.includes('jobs')).map(({ query }) => query.get('resourceVersion') ?? '');
    void changes.next(seen, forEver, leaving.signal);
    await until(() => streams.length === 2);
    for (const stream of streams) if (stream.req.url?.includes('/jobs?')) refuse(stream);
    for (let round = 0; round < 100 && jobs().length < 2; round++) await changes.next(seen, 20, leaving.signal);
    expect(jobs()).toEqual(['7', '']);
    changes.close();
  });

  test('that breaks wakes, and is opened again from what was seen then', async () => {
    const changes = server.gateway.watch(watched);
    const { signal } = new AbortController();
    const next = changes.next(seen, forEver, signal);
    await until(() => streams.length === 2);
    for (const stream of streams) stream.destroy();
    await next;
    await changes.next({ job: '17', pods: '18' }, 2000, signal);
    await changes.next({ job: '17', pods: '18' }, 1, signal);
    const versions = () => server.asked.map(({ query }) => query.get('resourceVersion'));
    await until(() => versions().includes('17') && versions().includes('18'));
    expect(versions()).toHaveLength(4);
    changes.close();
  });

  test('that ends in good order goes on where it ended, and wakes nobody', async () => {
    const changes = server.gateway.watch(watched);
    let woken = 0;
    void changes.next(seen, forEver, leaving.signal).then(() => (leaving.signal.aborted ? woken : (woken += 1)));
    await until(() => streams.length === 2);
    streams[0]?.write(line('BOOKMARK', '12'));
    for (const stream of streams) stream.end();
    await until(() => streams.length === 4);
    const versions = server.asked.slice(2).map(({ query }) => query.get('resourceVersion'));
    expect(versions.toSorted((a, b) => Number(a) - Number(b))).toEqual(['8', '12']);
    expect(woken).toBe(0);
    changes.close();
  });

  describe('of one namespace', () => {
    const other = { namespace: 'n', name: 'k', uid: 'u-2' };
    const of = (name: string, more: object = {}): string =>
      `${JSON.stringify({ type: 'MODIFIED', object: { metadata: { name, uid: `u-${name}`, resourceVersion: '9' }, ...more } })}\n`;
    test('is one for all Jobs in it, and wakes only those that follow the Job', async () => {
      const one = server.gateway.watch(watched);
      const two = server.gateway.watch(other);
      let woken = 0;
      const first = one.next(seen, forEver, leaving.signal);
      await until(() => streams.length === 2);
      // What happened to it before the watch was opened was not shown: it looks once more.
      await two.next(seen, forEver, leaving.signal);
      void two.next(seen, forEver, leaving.signal).then(() => (leaving.signal.aborted ? woken : (woken += 1)));
      streams[0]?.write(of('j'));
      await first;
      expect([server.asked.length, woken]).toEqual([2, 0]);
      one.close();
      two.close();
      await until(() => server.open.size === 0);
    });

    test('shows a Job to those that begin to follow it later', async () => {
      const one = server.gateway.watch(watched);
      void one.next(seen, forEver, leaving.signal);
      await until(() => streams.length === 2);
      const end = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
      streams[0]?.write(of('k', end) + of('j'));
      const later = server.gateway.watch({ ...other, uid: 'u-k' });
      for (let round = 0; round < 20 && !later.shown('main'); round++) await later.next(seen, 100, leaving.signal);
      expect(later.shown('main')).toMatchObject({ job: { name: 'k', end: { succeeded: true } }, pods: [] });
      expect(server.gateway.watch(other).shown('main')).toBeUndefined();
      one.close();
    });

    test('keeps not every object while an old one is followed', async () => {
      const one = server.gateway.watch(watched);
      void one.next(seen, forEver, leaving.signal);
      await until(() => streams.length === 2);
      const names = Array.from({ length: 1100 }, (_, nth) => `k${nth}`);
      const shown = async (name: string): Promise<unknown> => {
        const later = server.gateway.watch({ namespace: 'n', name, uid: `u-${name}` });
        await later.next(seen, 1, leaving.signal);
        return later.shown('main');
      };
      streams[0]?.write(line('MODIFIED') + names.map((name) => of(name)).join(''));
      for (let round = 0; round < 100 && !(await shown('k1099')); round++) await delay(10);
      expect(await shown('k1099')).toBeDefined();
      expect(await shown('k0')).toBeUndefined();
      expect(one.shown('main')).toMatchObject({ job: { uid: 'u-1' } });
      one.close();
    });

    test('shows nothing to who may have missed something, until it has looked', async () => {
      const one = server.gateway.watch(watched);
      const next = one.next(seen, forEver, leaving.signal);
      await until(() => streams.length === 2);
      const pods = streams.find((stream) => stream.req.url?.includes('/pods?'));
      for (const stream of streams) stream.write(line('MODIFIED'));
      await next;
      await one.next(seen, 100, leaving.signal);
      expect(one.shown('main')).toMatchObject({ job: { uid: 'u-1' }, pods: [{ uid: 'u-1' }] });
      const broken = one.next(seen, forEver, leaving.signal);
      pods?.destroy();
      await broken;
      expect(one.shown('main')).toBeUndefined();
      for (let round = 0; round < 20 && !one.shown('main'); round++) await one.next(seen, 100, leaving.signal);
      expect(one.shown('main')).toMatchObject({ job: { uid: 'u-1' }, pods: [] });
      one.close();
    });

    test('shows nothing of a Job that is deleted, or once it is interrupted', async () => {
      const one = server.gateway.watch(watched);
      const next = one.next(seen, forEver, leaving.signal);
      await until(() => streams.length === 2);
      streams[0]?.write(line('MODIFIED'));
      await next;
      expect(one.shown('main')).toMatchObject({ job: { uid: 'u-1' } });
      const deleted = one.next(seen, forEver, leaving.signal);
      streams[0]?.write(line('DELETED'));
      await deleted;
      expect(one.shown('main')).toBeUndefined();
      const broken = one.next(seen, forEver, leaving.signal);
      streams[0]?.write(line('MODIFIED'));
      await broken;
      const again = one.next(seen, forEver, leaving.signal);
      streams[0]?.destroy();
      await again;
      expect(one.shown('main')).toBeUndefined();
      one.close();
    });
  });

  test('does not wake with a bookmark, and stays open from one waiting to the next', async () => {
    const changes = server.gateway.watch(watched);
    const { signal } = new AbortController();
    await changes.next(seen, 1, signal);
    await until(() => streams.length === 2);
    streams[0]?.write(line('BOOKMARK'));
    let woken = false;
    const next = changes.next(seen, forEver, signal).then(() => {
      woken = true;
    });
    await delay(100);
    expect(woken).toBe(false);
    streams[1]?.write(line('ADDED'));
    await next;
    expect(server.asked).toHaveLength(2);
    changes.close();
  });

  test('that is refused again and again does not make its reader busy', async () => {
    server.answer = () => ({ status: 403 });
    const changes = server.gateway.watch(watched);
    const { signal } = new AbortController();
    for (let rounds = 0; rounds < 20; rounds++) await changes.next(seen, 5, signal);
    expect(server.asked.length).toBeLessThanOrEqual(4);
    changes.close();
  });

  test('leaves nothing on the signal of a wait that lasts hours', async () => {
    const changes = server.gateway.watch(watched);
    const { signal } = new AbortController();
    for (let rounds = 0; rounds < 20; rounds++) await changes.next(seen, 1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    changes.close();
  });

  test('that was closed before the server answered opens nothing', async () => {
    const changes = server.gateway.watch(watched);
    const next = changes.next(seen, 1, new AbortController().signal);
    changes.close();
    await expect(next).resolves.toBeUndefined();
    await until(() => server.open.size === 0);
  });
});
