import type { ReleaseRow, RunRow, ServerStore } from '../../src/server/ports.js';
import { allowed, appOf } from './app-of.js';

export const release = 'my-app/my-service/7';

/** The API on a store that has one release, with one run in staging that has this log. */
export function serveLog(log: Pick<ServerStore, 'log' | 'waitForLog'>) {
  const store: Partial<ServerStore> = {
    release: () => Promise.resolve({ id: release } as ReleaseRow),
    runs: () => Promise.resolve([{ run: 1 } as RunRow]),
    log: log.log,
    waitForLog: log.waitForLog,
  };
  const app = appOf({ store });
  return async (query: string, method = 'GET'): Promise<Response> =>
    app.request(`/api/v1/releases/${release}/runs/staging/1/log?${query}`, { method, headers: allowed });
}
