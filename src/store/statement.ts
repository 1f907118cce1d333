import { eq, sql, type Column, type SQL } from 'drizzle-orm';
import type { Drizzle } from './database.js';

interface Built<R> {
  prepare(name: string): { execute(values: Record<string, unknown>): Promise<R> };
}

/**
 * A statement of every release: built once a connection, and parsed by the database once a connection. Building one costs more
 * than sending it, and parsing one more than doing it. What changes from call to call are its placeholders.
 */
export function statement<R>(
  name: string,
  build: (db: Drizzle) => Built<R>,
): (db: Drizzle, values: Record<string, unknown>) => Promise<R> {
  const prepared = new WeakMap<Drizzle, ReturnType<Built<R>['prepare']>>();
  return (db, values) => {
    const known = prepared.get(db) ?? build(db).prepare(name);
    prepared.set(db, known);
    return known.execute(values);
  };
}

/** A value that is given at each call under the column's name, or another one; encoded as the column has it. */
export const asGiven = (column: Column, name: string = column.name): SQL =>
  sql`${sql.param(sql.placeholder(name), column)}`;

/** The column has the value that is given. */
export const isGiven = (column: Column, name?: string): SQL => eq(column, asGiven(column, name));

/** What is returned of a changed row, to tell of it: `about` is given, as text of JSON. */
export const telling = { told: sql`pg_notify('towpath', ${sql.placeholder('about')})` };
