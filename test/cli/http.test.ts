import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHttp } from '../../src/cli/http.js';

/** Takes connections and never says anything. */
let mute: Server;
let url: string;
beforeEach(async () => {
  mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
});
afterEach(async () => {
  const closed = new Promise((resolve) => mute.close(resolve));
  mute.closeAllConnections();
  await closed;
});

test.each(['json', 'open'] as const)(
  '%s gives up a server that is mute, also when memory is collected meanwhile',
  async (how) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 20);
    const never = new AbortController().signal;
    try {
      const http = createHttp({ url, token: 't', signal: never, patienceMs: 0 });
      await expect(http[how]({ path: '/api/v1/status', timeoutMs: 300 })).rejects.toMatchObject({
        code: 'NOT_RUNNING',
      });
    } finally {
      clearInterval(collecting);
    }
  },
  10_000,
);

test.each(['json', 'open'] as const)(
  '%s ends when its caller ends',
  async (how) => {
    const caller = new AbortController();
    const http = createHttp({ url, token: 't', signal: caller.signal, patienceMs: 0 });
    mute.once('request', () => caller.abort(new Error('Ctrl-C')));
    await expect(http[how]({ path: '/api/v1/status' })).rejects.toThrow('Ctrl-C');
  },
  10_000,
);
