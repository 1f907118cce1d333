import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { decisionMessage } from '../release/decisions.js';
import { given } from '../release/given.js';
import { releaseWorkflowId } from '../release/ids.js';
import type { StoredRequest } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerStore } from '../server/ports.js';
import { notify, type Database } from './database.js';
import { requests } from './schema.js';
import { addSignal } from './turns.js';

const storedRequest = (row: typeof requests.$inferSelect): StoredRequest =>
  given({
    id: row.id,
    release: row.release,
    kind: row.kind,
    channel: row.channel,
    gate: row.gate,
    decision: row.decision,
    by: row.by,
    reason: row.reason ?? undefined,
    releaseDigest: row.releaseDigest,
    createdAt: row.createdAt.toISOString(),
  });

/** The reason may differ: it decides nothing. */
const isSame = (row: typeof requests.$inferSelect, request: Omit<StoredRequest, 'createdAt'>): boolean =>
  (['release', 'kind', 'channel', 'gate', 'decision', 'by'] as const).every((field) => row[field] === request[field]);

/** What authenticated people asked for, and what came of it. */
export const requestQueries = (
  db: Database,
): Pick<ServerStore, 'addRequest' | 'openRequests' | 'requestOutcome' | 'setRequestOutcome' | 'signalRequest'> &
  Pick<RunStore, 'readRequest'> => ({
  addRequest: (request) =>
    db.write(async (tx) => {
      await tx.insert(requests).values(request).onConflictDoNothing();
      const [row] = await tx.select().from(requests).where(eq(requests.id, request.id));
      if (!row) throw new Error(`request ${request.id} was not stored`);
      if (!isSame(row, request))
        throw new TowpathError('KEY_REUSED', `request "${request.id}" was made before with other content`, {
          hint: 'use a new id for a new request',
        });
      return storedRequest(row);
    }),
  openRequests: (olderThanMs) =>
    db.read(async (read) => {
      const old = sql`${requests.createdAt} <= now() - make_interval(secs => ${olderThanMs / 1000})`;
      const rows = await read
        .select()
        .from(requests)
        .where(and(isNull(requests.counted), old))
        .orderBy(asc(requests.createdAt))
        .limit(100);
      return rows.map(storedRequest);
    }),
  requestOutcome: (id) =>
    db.read(async (read) => {
      const [row] = await read.select().from(requests).where(eq(requests.id, id));
      if (!row || row.counted === null) return undefined;
      return given({ counted: row.counted, why: row.why ?? undefined });
    }),
  setRequestOutcome: (id, { counted, why }) =>
    db.write(async (tx) => {
      const [row] = await tx
        .update(requests)
        .set({ counted, why: why ?? null })
        .where(and(eq(requests.id, id), isNull(requests.counted)))
        .returning();
      if (row) await notify(tx, { release: row.release });
    }),
  signalRequest: (id) =>
    db.write(async (tx) => {
      const unsent = and(eq(requests.id, id), isNull(requests.counted), eq(requests.signalled, false));
      const [row] = await tx.update(requests).set({ signalled: true }).where(unsent).returning();
      if (!row) return;
      const workflowId = releaseWorkflowId(row.release);
      await addSignal(tx, { workflowId, message: 'manualApproval', payload: decisionMessage(storedRequest(row)) });
    }),
  readRequest: ({ requestId, release }) =>
    db.read(async (read) => {
      const [row] = await read
        .select()
        .from(requests)
        .where(and(eq(requests.id, requestId), eq(requests.release, release)));
      return row ? { request: storedRequest(row) } : {};
    }),
});
