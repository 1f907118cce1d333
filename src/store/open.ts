import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { ReconcilerStore, RunStore, WorkerStore } from '../activities/ports.js';
import type { ServerStore } from '../server/ports.js';
import { configQueries, type ClusterLink } from './configs.js';
import { epochQueries } from './epochs.js';
import { createDatabase, type Database } from './database.js';
import { startListener, type Listener } from './listener.js';
import { logQueries } from './logs.js';
import { migrate } from './migrations.js';
import { outboxQueries } from './outbox.js';
import { projectionQueries } from './projections.js';
import { reconcilerQueries } from './reconciling.js';
import { releaseQueries } from './releases.js';
import { requestQueries } from './requests.js';
import { resultQueries } from './results.js';
import { runRecords } from './run-records.js';
import { runQueries } from './runs.js';
import { stalledQueries } from './stalled.js';
import { standingQueries } from './standings.js';
import { installation } from './schema.js';
import { statement } from './statement.js';
import { storeError } from './store-error.js';
import { servedQueries } from './served.js';
import { sweepQueries } from './sweeps.js';
import { versionQueries } from './versions.js';

export interface OpenOptions {
  databaseUrl: string;
  migrate?: boolean;
}

/** Everything that server and worker ask of PostgreSQL. */
export type Store = RunStore &
  ReconcilerStore &
  WorkerStore &
  ServerStore & {
    linkedClusters(): Promise<{ name: string; link: ClusterLink }[]>;
    /** Resolves when something is to be sent, or after `waitMs`. */
    waitForOutbox(waitMs: number, signal: AbortSignal): Promise<void>;
    /** Resolves when configuration was applied, or after `waitMs`. */
    waitForConfigs(waitMs: number, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
  };

/** Connects, and brings the schema up to date unless another process does. Throws STORE_UNREACHABLE when no database answers. */
export async function openStore({ databaseUrl, migrate: upToDate = true }: OpenOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 20,
    connectionTimeoutMillis: 5000,
    statement_timeout: 15_000,
    // Whoever holds a lock for longer is stuck, and the caller asks again.
    lock_timeout: 5000,
    // Of a connection that is silently dead the database hears nothing for hours, and would keep what it has locked.
    idle_in_transaction_session_timeout: 10_000,
    query_timeout: 20_000,
    keepAlive: true,
    // Asked ten times in as many seconds from then on, an idle connection that is silently dropped is known within 15.
    keepAliveInitialDelayMillis: 5000,
  });
  // A connection that is lost is not an event of its own: its query, or the next one, finds out.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const client = await pool.connect();
    try {
      if (upToDate) await migrate(client);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw storeError(error);
  }
  const listener = startListener(databaseUrl);
  const store = assemble(createDatabase(pool), listener, async () => {
    await listener.close();
    await pool.end();
  });
  try {
    if (upToDate) await store.noteDatabase();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

const installationRow = statement('installation', (db) => db.select({ id: installation.id }).from(installation));

function assemble(db: Database, listener: Listener, close: () => Promise<void>): Store {
  return {
    ...configQueries(db),
    ...releaseQueries(db),
    ...requestQueries(db),
    ...runQueries(db),
    ...runRecords(db),
    ...standingQueries(db),
    ...projectionQueries(db),
    ...logQueries(db),
    ...resultQueries(db),
    ...outboxQueries(db),
    ...reconcilerQueries(db),
    ...servedQueries(db),
    ...sweepQueries(db),
    ...stalledQueries(db),
    ...epochQueries(db),
    ...versionQueries(db),
    installationId: () =>
      db.read(async (read) => {
        const [row] = await installationRow(read, {});
        if (!row) throw new Error('the database has no installation id');
        return row.id;
      }),
    ping: () =>
      db.read(async (read) => {
        const { rows } = await read.execute<{ version: string }>(
          sql`SELECT current_setting('server_version') AS version`,
        );
        return { version: rows[0]?.version ?? 'unknown' };
      }),
    waitForChange: (id, waitMs, signal) => listener.wait((about) => about.release === id, waitMs, signal),
    waitForLog: (id, waitMs, signal) =>
      listener.wait((about) => about.log === id || about.release === id, waitMs, signal),
    waitForOutbox: (waitMs, signal) => listener.wait((about) => about.outbox === true, waitMs, signal),
    waitForConfigs: (waitMs, signal) => listener.wait((about) => about.configs === true, waitMs, signal),
    close,
  };
}
