import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import { TowpathError } from '../release/towpath-error.js';
import type { About } from './listener.js';

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
export async function notify(tx: Tx, about: About): Promise<void> {
  await tx.execute(sql`SELECT pg_notify('towpath', ${JSON.stringify(about)})`);
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}

/** Connection, resources, shutdown, time-outs of locks and statements, deadlocks: asking again may help. */
const away = /^(08|40|53|55P03|57|58|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|ENOENT|EAI_)/;

/** The driver's error as ours. Only its code goes into the sentence: its message may hold the address or a value. */
export function storeError(error: unknown): unknown {
  if (error instanceof TowpathError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(cause);
  if (code.startsWith('28') || code === '3D000')
    return new TowpathError('STORE_UNREACHABLE', `the database refused the connection (${code})`, {
      hint: 'user, password and name of the database are in the setting databaseUrl',
    });
  if (code === '53100')
    return new TowpathError('STORE_UNREACHABLE', `the disk of the database is full (${code})`, {
      hint: 'make room on it: releases wait, and go on when there is some',
      cause,
    });
  if (!away.test(code) && !lost(cause)) return error;
  return new TowpathError('STORE_UNREACHABLE', `the database did not answer${code === '' ? '' : ` (${code})`}`, {
    hint: 'releases wait and go on when it is back; see `towpath status`',
    cause,
  });
}

function codeOf(cause: unknown): string {
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Errors that the driver makes itself have no code. */
const lost = (cause: unknown): boolean =>
  cause instanceof Error && /terminat|timeout|timed out|Connection ended|not queryable/i.test(cause.message);
