import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';
import type { About } from './listener.js';
import { isReadOnly, isSilence, storeError } from './store-error.js';

export type Drizzle = NodePgDatabase<Record<string, never>>;

/** The one connection of a transaction. */
export type Tx = Drizzle;

/** The database as the queries see it: every call answers or throws STORE_UNREACHABLE, and never hangs for ever. */
export interface Database {
  read<T>(work: (db: Drizzle) => Promise<T>): Promise<T>;
  /** One statement that writes, perhaps with others beside it: a transaction by itself, without the trips of BEGIN and COMMIT. */
  writeOnce<T>(work: (db: Drizzle) => Promise<T>): Promise<T>;
  /** One transaction. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Wraps a pool. */
export function createDatabase(pool: Pool): Database {
  const db: Drizzle = drizzle(pool);
  // One for each connection, so that statements which were prepared on it are found again.
  const connections = new WeakMap<PoolClient, Tx>();
  const txOf = (client: PoolClient): Tx => {
    const tx = connections.get(client) ?? drizzle(client);
    connections.set(client, tx);
    return tx;
  };
  return {
    read: (work) => translated(() => work(db)),
    writeOnce: (work) => translated(() => work(db)),
    write: (work) => translated(() => inTransaction(pool, (client) => work(txOf(client)))),
  };
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let usable = true;
  try {
    await client.query('BEGIN');
    const answer = await work(client);
    await client.query('COMMIT');
    return answer;
  } catch (error) {
    usable = await isUsableAfter(error, client);
    throw error;
  } finally {
    client.release(!usable);
  }
}

/**
 * Rolls back. A connection that cannot is closed, which does so too; why the work failed is the one thing to tell. One that gave
 * no answer is not asked again, since that would wait behind the same silence; one that leads to a standby is not kept.
 */
async function isUsableAfter(error: unknown, client: PoolClient): Promise<boolean> {
  if (isSilence(error)) return false;
  const rolledBack = await client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
  return rolledBack && !isReadOnly(error);
}

/** Tells everyone who listens that something of a release changed: a hint to read again, sent at commit. */
export async function notify(tx: Writer, about: About, ...writes: SQLWrapper[]): Promise<void> {
  await beside(tx, ...writes)
    .select({ told: notifying(about) })
    .from(sql`(SELECT) AS once`);
}

/** The same as a column of what a statement returns: it is told when a row has changed. */
export const notifying = (about: About): SQL => sql`pg_notify('towpath', ${JSON.stringify(about)})`;

type Writer = Pick<Tx, 'with' | '$with'>;

/**
 * Begins a statement that makes other writes as well: each trip to the database costs both sides more than most writes do. All
 * of them see what was stored before the statement, none what another one writes; so no two may write the same row.
 */
export const beside = (tx: Writer, ...writes: SQLWrapper[]): ReturnType<Tx['with']> =>
  tx.with(...writes.map((write, index) => tx.$with(`write_${index}`, {}).as(write.getSQL())));

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}
