import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import { TowpathError } from '../release/towpath-error.js';

type Drizzle = NodePgDatabase<Record<string, never>>;
export type Tx = Parameters<Parameters<Drizzle['transaction']>[0]>[0];

/** The database as the queries see it: every call answers or throws STORE_UNREACHABLE, and never hangs for ever. */
export interface Database {
  read<T>(work: (db: Drizzle) => Promise<T>): Promise<T>;
  /** One transaction. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Wraps a pool. */
export function createDatabase(pool: Pool): Database {
  const db: Drizzle = drizzle(pool);
  return {
    read: (work) => translated(() => work(db)),
    write: (work) => translated(() => db.transaction(work)),
  };
}

/** Tells everyone who listens that something of a release changed: a hint to read again, sent at commit. */
export async function notify(tx: Tx, about: { release?: string; outbox?: true; configs?: true }): Promise<void> {
  await tx.execute(sql`SELECT pg_notify('towpath', ${JSON.stringify(about)})`);
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}

const away = /^(08|53|57P|58|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|ENOENT|EAI_)/;

/** The driver's error as ours. Only its code goes into the sentence: its message may hold the address or a value. */
export function storeError(error: unknown): unknown {
  if (error instanceof TowpathError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const given = (cause as { code?: unknown }).code;
  const code = typeof given === 'string' ? given : '';
  const text = cause instanceof Error ? cause.message : String(cause);
  const gone = away.test(code) || /terminat|timeout|timed out|Connection ended|not queryable/i.test(text);
  if (!gone) return error;
  return new TowpathError('STORE_UNREACHABLE', `the database did not answer${code ? ` (${code})` : ''}`, {
    hint: 'releases wait and go on when it is back; see `towpath status`',
    cause,
  });
}
