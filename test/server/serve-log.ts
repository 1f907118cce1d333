import { pino } from 'pino';
import { createApp } from '../../src/server/app.js';
import type { ReleaseRow, RunRow, ServerStore } from '../../src/server/ports.js';
import { FakeReleaseClient } from '../fakes/release-client.js';

export const release = 'my-app/my-service/7';

/** The API on a store that has one release, with one run in staging that has this log. */
export function serveLog(log: Pick<ServerStore, 'log' | 'waitForLog'>) {
  const store: Partial<ServerStore> = {
    release: () => Promise.resolve({ id: release } as ReleaseRow),
    runs: () => Promise.resolve([{ run: 1 } as RunRow]),
    log: log.log,
    waitForLog: log.waitForLog,
  };
  const app = createApp({
    store: store as ServerStore,
    releases: new FakeReleaseClient(),
    log: pino({ enabled: false }),
    version: '0',
    settings: { embedded: true, user: 'ann', host: '127.0.0.1' },
    token: 'the-token',
    stopping: new AbortController().signal,
  });
  const headers = { authorization: 'Bearer the-token', host: '127.0.0.1' };
  return async (query: string, method = 'GET'): Promise<Response> =>
    app.request(`/api/v1/releases/${release}/runs/staging/1/log?${query}`, { method, headers });
}
