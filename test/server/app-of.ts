import { pino } from 'pino';
import { createApp } from '../../src/server/app.js';
import type { ServerContext } from '../../src/server/context.js';
import type { ServerStore } from '../../src/server/ports.js';

/** A port that nobody may ask: what is refused is refused before. */
const untouched = <T extends object>(): T =>
  new Proxy({} as T, {
    get: (_, name) => {
      throw new Error(`${String(name)} was asked`);
    },
  });

interface Given {
  store?: Partial<ServerStore>;
  releases?: ServerContext['releases'];
  settings?: Partial<ServerContext['settings']>;
}

/** The API on what a test gives; what it does not give must not be asked. */
export const appOf = ({ store, releases = untouched(), settings }: Given = {}) =>
  createApp({
    store: (store ?? untouched()) as ServerStore,
    releases,
    log: pino({ enabled: false }),
    version: '0',
    settings: { embedded: true, user: 'ann', host: '127.0.0.1', ...settings },
    token: 'the-token',
    stopping: new AbortController().signal,
  });

/** Of a request that it answers. */
export const allowed = { authorization: 'Bearer the-token', host: '127.0.0.1' };
