import { and, asc, eq, lt, lte, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { given } from '../release/given.js';
import { parseReleaseId, releaseId } from '../release/ids.js';
import { head, tail } from '../release/log-positions.js';
import type { ServerStore } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { gapText, window } from './log-cap.js';
import { completeText } from './log-text.js';
import { byGivenKey, byKey, fieldsOf } from './run-keys.js';
import { framedOf } from './results.js';
import { keepForLog } from './runs.js';
import { logChunks, runs } from './schema.js';
import { statement } from './statement.js';

const chunk = 256 * 1024;
const newline = 0x0a;

const endOf = sql<number>`${logChunks.start} + length(${logChunks.bytes})`;

/** True for the pod that has logged last; a run of an earlier version does not know which it was. */
const goesOn = (pods: readonly string[], pod: string): boolean => pods.length === 0 || pods.at(-1) === pod;

/** Nothing is added to the log of a run that has ended, nor to that of a pod that was replaced. */
const isSealed = ({ state, logPods }: Pick<typeof runs.$inferSelect, 'state' | 'logPods'>, pod: string): boolean =>
  state === 'ended' || (!goesOn(logPods, pod) && logPods.includes(pod));

const stateOfLog = statement('state_of_log', (db) => {
  const last = sql<number | null>`(SELECT get_byte(bytes, length(bytes) - 1) FROM log_chunks
    WHERE run_id = ${runs.id} ORDER BY start DESC LIMIT 1)`;
  const columns = { received: runs.logReceived, pods: runs.logPods, framed: runs.framed, last };
  return db.select(columns).from(runs).where(byGivenKey);
});

const tailOfLog = statement('tail_of_log', (db) => {
  const { logBytes, framed } = runs;
  const inTail = sql`${endOf} > ${logBytes} - ${sql.placeholder('maxBytes')}::int`;
  return db
    .select({ logBytes, framed, bytes: logChunks.bytes })
    .from(runs)
    .leftJoin(logChunks, and(eq(logChunks.runId, runs.id), inTail))
    .where(byGivenKey)
    .orderBy(asc(logChunks.start));
});

/** Logs of runs, in chunks; the middle of a very long one is dropped. */
export const logQueries = (
  db: Database,
): Pick<RunStore, 'logState' | 'appendLog' | 'logTail'> & Pick<ServerStore, 'log' | 'pruneLogs'> => ({
  logState: (key, pod) =>
    db.read(async (read) => {
      const [row] = await stateOfLog(read, fieldsOf(key));
      if (!row) return { received: 0, lineStart: true };
      const { received, framed, pods } = row;
      const lineStart = (row.last ?? newline) === newline;
      if (!goesOn(pods, pod)) return { received: 0, lineStart, replaces: true };
      return given({ received, lineStart, framed: framed ?? undefined });
    }),

  appendLog: (key, part) =>
    db.write(async (tx) => {
      const { pod, offset, received, text } = part;
      const { id, state, logBytes, logReceived, logPods } = runs;
      const columns = { id, state, logBytes, logReceived, logPods };
      const [known] = await tx.select(columns).from(runs).where(byKey(key)).for('update');
      const row = known ?? (await keepForLog(tx, key));
      if (isSealed(row, pod)) return offset + received;
      const same = goesOn(row.logPods, pod);
      const before = same ? row.logReceived : 0;
      if (before !== offset || received === 0) return before;
      const start = row.logBytes;
      const length = start + text.length;
      const dropped = { from: head, to: Math.max(head, length - tail) };
      const added = pieces(start, text, dropped).map((piece) => ({ runId: row.id, ...piece }));
      const pods = [...new Set([...row.logPods, pod])];
      const logged = { logReceived: offset + received, logBytes: length, logPods: pods };
      const anew = same ? {} : { framed: null, resultDigest: null };
      const log = tx
        .update(runs)
        .set({ ...logged, ...anew, ...(await framedOf(tx, part)) })
        .where(eq(runs.id, row.id));
      await notify(
        tx,
        { log: releaseId(key.application, key.service, key.release) },
        log,
        ...(added.length > 0 ? [tx.insert(logChunks).values(added)] : []),
      );
      // After it, in a statement of its own: what has just been added may be dropped in part.
      if (dropped.to > dropped.from) await drop(tx, row.id, dropped);
      return offset + received;
    }),

  logTail: (key, lines, maxBytes) =>
    db.read(async (read) => {
      const found = await tailOfLog(read, { ...fieldsOf(key), maxBytes });
      const [row] = found;
      if (!row) return { tail: [], bytes: 0, truncated: false };
      const kept = found.map(({ bytes }) => bytes ?? Buffer.alloc(0));
      const text = completeText(Buffer.concat(kept).subarray(-maxBytes));
      const all = text === '' ? [] : text.replace(/\n$/, '').split('\n');
      const truncated = row.logBytes > head + tail;
      return given({ tail: all.slice(-lines), bytes: row.logBytes, truncated, framed: row.framed ?? undefined });
    }),

  log: ({ id, channel, run }, { offset, until }) =>
    db.read(async (read) => {
      const unknown = { text: Buffer.alloc(0), next: offset, length: 0, ended: true };
      const of = parseReleaseId(id);
      if (!of) return unknown;
      const instance = and(eq(runs.application, of.application), eq(runs.service, of.service));
      const mine = and(instance, eq(runs.channel, channel), eq(runs.run, run), eq(runs.release, of.number));
      const [row] = await read.select({ id: runs.id, bytes: runs.logBytes, state: runs.state }).from(runs).where(mine);
      if (!row) return unknown;
      const { from, to } = window(offset, row.bytes, until);
      const overlaps = and(eq(logChunks.runId, row.id), sql`${endOf} > ${from}`, lt(logChunks.start, to));
      const found = await read.select().from(logChunks).where(overlaps).orderBy(asc(logChunks.start));
      if (found.length === 0 && row.state === 'ended' && to > from) return pruned(row.bytes);
      const parts = found.map(({ start, bytes }) => bytes.subarray(Math.max(0, from - start), to - start));
      // What was kept when the length was read may have been dropped since.
      const begin = Math.max(from, found[0]?.start ?? to);
      const gap = begin > offset ? [Buffer.from(gapText(begin - offset, row.bytes))] : [];
      const text = Buffer.concat([...gap, ...parts]);
      return { text, next: to, length: row.bytes, ended: row.state === 'ended' && to >= row.bytes };
    }),

  pruneLogs: ({ succeeded, failed }) =>
    inBatches(async () => {
      const kept = sql`CASE WHEN code = 'SUCCEEDED' THEN ${succeeded / 1000}::float8 ELSE ${failed / 1000}::float8 END`;
      const old = sql`state = 'ended' AND ended_at < now() - make_interval(secs => ${kept})`;
      const some = sql`SELECT log_chunks.ctid FROM log_chunks JOIN runs ON runs.id = run_id WHERE ${old} LIMIT ${batch}`;
      return db.write(async (tx) => {
        const { rowCount } = await tx.execute(sql`DELETE FROM log_chunks WHERE ctid = ANY (ARRAY(${some}))`);
        return rowCount ?? 0;
      });
    }),
});

/** Pieces of 64 KiB at most: each statement stays far below its time limit. */
const batch = 500;

/** Until one has found less than a whole batch. */
async function inBatches(remove: () => Promise<number>): Promise<number> {
  for (let removed = 0; ;) {
    const some = await remove();
    removed += some;
    if (some < batch) return removed;
  }
}

const pruned = (bytes: number) => ({
  text: Buffer.from(`--- ${bytes} bytes of log were not kept for longer (setting logRetention) ---\n`),
  next: bytes,
  length: bytes,
  ended: true,
});

/** Chunks of one text, cut where the kept head ends, without what will be dropped anyway. */
function pieces(
  offset: number,
  text: Buffer,
  dropped: { from: number; to: number },
): { start: number; bytes: Buffer }[] {
  const found: { start: number; bytes: Buffer }[] = [];
  const end = offset + text.length;
  for (let start = offset; start < end;) {
    const border = start < head ? head : end;
    const to = Math.min(end, border, start + chunk);
    if (start < dropped.from || to > dropped.to)
      found.push({ start, bytes: text.subarray(start - offset, to - offset) });
    start = to;
  }
  return found;
}

/** Drops what lies between head and tail, to the byte: the chunk on the border loses its beginning. */
async function drop(tx: Tx, runId: number, { from, to }: { from: number; to: number }): Promise<void> {
  const after = and(eq(logChunks.runId, runId), sql`${logChunks.start} >= ${from}`);
  await tx.delete(logChunks).where(and(after, lte(endOf, to)));
  await tx
    .update(logChunks)
    .set({ start: to, bytes: sql`substring(${logChunks.bytes} from (${to} - ${logChunks.start} + 1)::int)` })
    .where(and(after, lt(logChunks.start, to)));
}
