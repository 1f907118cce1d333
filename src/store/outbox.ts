import { and, asc, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { ServerStore } from '../server/ports.js';
import type { Database } from './database.js';
import { outbox } from './schema.js';

/** Signals to deliver: written with what caused them, sent after commit, swept until acknowledged. */
export const outboxQueries = (db: Database): Pick<ServerStore, 'outbox' | 'markSent' | 'pruneOutbox'> => ({
  outbox: (limit, after = 0) =>
    db.read(async (read) => {
      const unsent = and(isNull(outbox.sentAt), gt(outbox.id, after));
      const rows = await read.select().from(outbox).where(unsent).orderBy(asc(outbox.id)).limit(limit);
      return rows.map(({ id, workflowId, message, payload }) => ({ id, workflowId, message, payload }));
    }),
  pruneOutbox: (olderThanMs) =>
    db.write(async (tx) => {
      const old = sql`${outbox.sentAt} < now() - make_interval(secs => ${olderThanMs / 1000}::float8)`;
      await tx.delete(outbox).where(old);
    }),
  markSent: async (ids) => {
    if (ids.length === 0) return;
    await db.write(async (tx) => {
      await tx
        .update(outbox)
        .set({ sentAt: sql`now()` })
        .where(inArray(outbox.id, ids));
    });
  },
});
