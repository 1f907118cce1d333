// Starts releases through the API, and hears of their ends from the database: asking the API for each would be load as well.
import { randomUUID } from 'node:crypto';
import { isEnded } from '../../dist/release/status.js';
import { documents, serviceName } from './documents.js';
import { createApi } from './api.js';
import { openViews } from './views.js';

export async function openReleases(installation) {
  const api = createApi(installation);
  const views = await openViews(installation.databaseUrl);
  installation.beforeStop(() => {
    api.close();
    return views.close();
  });
  let change = 0;
  return {
    api,
    /** Stores the documents of an application, and waits until a worker serves the cluster. */
    async configure(wanted) {
      const { application } = wanted;
      await api.post('/configs/apply', { files: documents(wanted), attachments: [] });
      await untilServed(api);
      /** A release of a service with a value that was never there before: its id. */
      return async function start(service, parameters = {}) {
        change += 1;
        const body = {
          service: `${application}/${serviceName(service)}`,
          parameters: { change: `change-${change}`, ...parameters },
          key: randomUUID(),
        };
        return (await api.post('/releases', body)).id;
      };
    },
    approve: (id, channel) =>
      api.post(`/releases/${id}/decisions`, {
        channel,
        decision: 'approve',
        reason: 'measured',
        requestId: randomUUID(),
      }),
    /** When a release has come to one of these statuses: `{status, at}`, on our clock. */
    reaches: (id, isEnough) => views.reaches(id, isEnough),
    /** When it has converged; throws when it ends otherwise. */
    async converged(id) {
      const { status, at } = await views.reaches(id, isEnded);
      if (status !== 'CONVERGED') throw new Error(`release ${id} ended as ${status}`);
      return at;
    },
  };
}

async function untilServed(api) {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const runtimes = await api.get('/runtimes');
    if (runtimes.some(({ name, workers }) => name === 'bench-cluster' && workers > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no worker serves the cluster');
}
