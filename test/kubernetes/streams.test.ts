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
  const line = (type: string): string => `${JSON.stringify({ type, object: {} })}\n`;
  const streams: ServerResponse[] = [];
  beforeEach(() => {
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
    const select = { labelSelector: 'batch.kubernetes.io/controller-uid=u-1' };
    const asked = server.asked.map(({ path, query }) => ({ path, query: Object.fromEntries(query) }));
    expect(asked).toContainEqual({
      path: '/apis/batch/v1/namespaces/n/jobs',
      query: { ...bounds, fieldSelector: 'metadata.name=j', resourceVersion: '7' },
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

  test('wakes when it ends, and is opened again from what was seen then', async () => {
    const changes = server.gateway.watch(watched);
    const { signal } = new AbortController();
    const next = changes.next(seen, forEver, signal);
    await until(() => streams.length === 2);
    for (const stream of streams) stream.end();
    await next;
    await changes.next({ job: '17', pods: '18' }, 2000, signal);
    await changes.next({ job: '17', pods: '18' }, 1, signal);
    const versions = () => server.asked.map(({ query }) => query.get('resourceVersion'));
    await until(() => versions().includes('17') && versions().includes('18'));
    expect(versions()).toHaveLength(4);
    changes.close();
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
