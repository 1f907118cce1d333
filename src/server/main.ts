import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { bootstrapTemporal } from '../client/bootstrap.js';
import { openClient } from '../client/connect.js';
import { ensureReconciler } from '../client/schedule.js';
import { endWith, patiently } from '../client/start-up.js';
import { createReleaseClient } from '../client/releases.js';
import { requireDatabaseUrl } from '../config/database-url.js';
import { homeDir, loadSettings } from '../config/settings.js';
import { ensureToken } from '../config/token.js';
import { openStore } from '../store/open.js';
import { createApp } from './app.js';
import { dispatch } from './dispatcher.js';

/** The composition root of the server: the HTTP API, and the delivery of what was stored. */
const log = pino({ base: { part: 'server' } });
const fail = endWith(log, 'the server cannot go on');

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function main(): Promise<void> {
  const settings = loadSettings(homeDir(process.env), process.env);
  const databaseUrl = requireDatabaseUrl(settings);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const store = await patiently('the database', () => openStore({ databaseUrl }));
  const { namespace, retention } = settings.temporal;
  const temporal = openClient({ ...settings.temporal, plain: settings.embedded });
  await patiently('Temporal', () => bootstrapTemporal(temporal.connection, { namespace, retentionMs: retention }));
  await patiently('Temporal', () => ensureReconciler(temporal.client, settings.reconcileEvery));
  const releases = createReleaseClient(temporal, {
    trustRawSignals: settings.trustRawSignals,
    startTimeoutMs: settings.startTimeout,
  });
  const { host, port } = settings.listen;
  const app = createApp({
    store,
    releases,
    log,
    version,
    settings: { embedded: settings.embedded, user: settings.user ?? userInfo().username, host },
    token: ensureToken(settings.home),
    stopping: stopping.signal,
  });
  const server = serve({ fetch: app.fetch, hostname: host, port });
  server.once('error', fail);
  server.once('listening', () => log.info({ host, port }, 'server ready'));
  const { logRetention } = settings;
  await dispatch({ store, releases, log, logRetention, signal: stopping.signal });
  const closed = new Promise((resolve) => server.close(resolve));
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
  await temporal.connection.close();
  await store.close();
}

main().then(() => process.exit(0), fail);
