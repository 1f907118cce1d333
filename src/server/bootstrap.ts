import { pino } from 'pino';
import { bootstrapTemporal } from '../client/bootstrap.js';
import { openClient } from '../client/connect.js';
import { ensureReconciler } from '../client/schedule.js';
import { endWith, patiently } from '../client/start-up.js';
import { requireDatabaseUrl } from '../config/database-url.js';
import { homeDir, loadSettings } from '../config/settings.js';
import { openStore } from '../store/open.js';

/** Makes what server and worker need, once, and ends: tables, the Temporal namespace, search attributes. Safe to repeat. */
const log = pino({ base: { part: 'bootstrap' } });

async function main(): Promise<void> {
  const settings = loadSettings(homeDir(process.env), process.env);
  const databaseUrl = requireDatabaseUrl(settings);
  const store = await patiently('the database', () => openStore({ databaseUrl }));
  await store.close();
  const { namespace, retention } = settings.temporal;
  const { client, connection } = openClient({ ...settings.temporal, plain: settings.embedded });
  await patiently('Temporal', () => bootstrapTemporal(connection, { namespace, retentionMs: retention }));
  await patiently('Temporal', () => ensureReconciler(client, settings.reconcileEvery));
  await connection.close();
  log.info('tables, namespace and search attributes are there');
}

main().then(() => process.exit(0), endWith(log, 'the bootstrap cannot go on'));
