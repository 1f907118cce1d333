import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { given } from '../release/given.js';
import { releaseWorkflowId } from '../release/ids.js';
import { requestMessage } from '../release/request-message.js';
import type { StoredRequest } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { NewRequest, ReleaseRow, ServerStore } from '../server/ports.js';
import { notify, type Database, type Drizzle } from './database.js';
import { requests } from './schema.js';
import { addSignal } from './turns.js';

type Row = typeof requests.$inferSelect;

function storedRequest({ kind, gate, decision, reason, createdAt, ...row }: Row): StoredRequest {
  const { id, release, channel, by, releaseDigest } = row;
  const base = { id, release, channel, by, releaseDigest, createdAt: createdAt.toISOString() };
  const asked = { ...base, ...given({ reason: reason ?? undefined }) };
  if (kind !== 'decide') return { ...asked, kind };
  if (gate === null || decision === null) throw new Error(`request ${id} has no decision`);
  return { ...asked, kind, gate, decision };
}

/** The reason may differ: it decides nothing. */
const isSame = (row: Row, request: NewRequest): boolean =>
  row.release === request.release &&
  row.kind === request.kind &&
  row.channel === request.channel &&
  row.by === request.by &&
  (request.kind !== 'decide' || (row.gate === request.gate && row.decision === request.decision));

/** Whether the end of an open release is asked for: its view says so only once the release has heard it, and told. */
export async function cancelAsked(db: Drizzle, { id, view }: Pick<ReleaseRow, 'id' | 'view'>): Promise<boolean> {
  if (view.endedAt !== undefined) return false;
  const notRefused = or(isNull(requests.counted), eq(requests.counted, true));
  const [row] = await db
    .select({ id: requests.id })
    .from(requests)
    .where(and(eq(requests.release, id), eq(requests.kind, 'cancel'), notRefused))
    .limit(1);
  return row !== undefined;
}

/** What authenticated people asked for, and what came of it. */
export const requestQueries = (
  db: Database,
): Pick<
  ServerStore,
  | 'addRequest'
  | 'cancelAsked'
  | 'openRequests'
  | 'openRequestsOf'
  | 'requestOutcome'
  | 'setRequestOutcome'
  | 'signalRequest'
> &
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
  cancelAsked: (release) => db.read((read) => cancelAsked(read, release)),
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
  openRequestsOf: (release) =>
    db.read(async (read) => {
      const open = and(isNull(requests.counted), eq(requests.release, release));
      const rows = await read.select().from(requests).where(open).orderBy(asc(requests.createdAt));
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
      const { signal: message, payload } = requestMessage(storedRequest(row));
      await addSignal(tx, { workflowId: releaseWorkflowId(row.release), message, payload });
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
