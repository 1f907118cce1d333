import { sql } from 'drizzle-orm';
import type { RunRef } from '../release/steps.js';
import { runs } from './schema.js';

/**
 * What a run that ends has told of itself, for a row that does not know it: after a restored database the store may have
 * forgotten it. Its number is taken only if no other run of the instance has it.
 */
export function toldBy(ref: RunRef | undefined): { inserted: object; updated: object } {
  if (!ref) return { inserted: {}, updated: {} };
  const { key, run, cluster, namespace, name, uid, allottedAt } = ref;
  const free = sql`(SELECT ${run}::integer WHERE NOT EXISTS (SELECT FROM ${runs} taken
    WHERE taken.application = ${key.application} AND taken.service = ${key.service}
      AND taken.channel = ${key.channel} AND taken.run = ${run}))`;
  const told = { cluster, namespace, name, uid };
  return {
    inserted: { ...told, run: free, allottedAt: new Date(allottedAt) },
    updated: { run: sql`coalesce(${runs.run}, ${free})` },
  };
}
