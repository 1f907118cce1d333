import { and, asc, eq, lt, lte, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { parseReleaseId, releaseId } from '../release/ids.js';
import type { ServerStore } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { completeText } from './log-text.js';
import { byKey } from './runs.js';
import { logChunks, runs } from './schema.js';

const mebibyte = 1024 * 1024;
/** The first and the last part of a log that are kept (docs/spec.md §7.10). */
const head = mebibyte;
const tail = 9 * mebibyte;
const chunk = 256 * 1024;

const endOf = sql<number>`${logChunks.start} + length(${logChunks.bytes})`;

/** Logs of runs, in chunks; the middle of a very long one is dropped. */
export const logQueries = (
  db: Database,
): Pick<RunStore, 'logLength' | 'appendLog' | 'logTail'> & Pick<ServerStore, 'log' | 'pruneLogs'> => ({
  logLength: (key) =>
    db.read(async (read) => {
      const [row] = await read.select({ bytes: runs.logBytes }).from(runs).where(byKey(key));
      return row?.bytes ?? 0;
    }),

  appendLog: (key, offset, text) =>
    db.write(async (tx) => {
      const [row] = await tx.select({ id: runs.id, bytes: runs.logBytes }).from(runs).where(byKey(key)).for('update');
      if (!row) throw new Error('a log of a run that is not stored');
      if (row.bytes !== offset || text.length === 0) return row.bytes;
      const length = offset + text.length;
      const dropped = { from: head, to: Math.max(head, length - tail) };
      for (const piece of pieces(offset, text, dropped)) await tx.insert(logChunks).values({ runId: row.id, ...piece });
      await tx.update(runs).set({ logBytes: length }).where(eq(runs.id, row.id));
      if (dropped.to > dropped.from) await drop(tx, row.id, dropped);
      await notify(tx, { log: releaseId(key.application, key.service, key.release) });
      return length;
    }),

  logTail: (key, lines, maxBytes) =>
    db.read(async (read) => {
      const [row] = await read.select({ id: runs.id, bytes: runs.logBytes }).from(runs).where(byKey(key));
      if (!row) return { tail: [], bytes: 0, truncated: false };
      const from = Math.max(0, row.bytes - maxBytes);
      const found = await read
        .select()
        .from(logChunks)
        .where(and(eq(logChunks.runId, row.id), sql`${endOf} > ${from}`))
        .orderBy(asc(logChunks.start));
      const text = completeText(Buffer.concat(found.map(({ bytes }) => bytes)).subarray(-maxBytes));
      const all = text === '' ? [] : text.replace(/\n$/, '').split('\n');
      return { tail: all.slice(-lines), bytes: row.bytes, truncated: row.bytes > head + tail };
    }),

  log: (id, channel, run, offset) =>
    db.read(async (read) => {
      const unknown = { text: Buffer.alloc(0), next: offset, ended: true };
      const of = parseReleaseId(id);
      if (!of) return unknown;
      const instance = and(eq(runs.application, of.application), eq(runs.service, of.service));
      const mine = and(instance, eq(runs.channel, channel), eq(runs.run, run), eq(runs.release, of.number));
      const [row] = await read.select({ id: runs.id, bytes: runs.logBytes, state: runs.state }).from(runs).where(mine);
      if (!row) return unknown;
      const { from, to } = window(offset, row.bytes);
      const overlaps = and(eq(logChunks.runId, row.id), sql`${endOf} > ${from}`, lt(logChunks.start, to));
      const found = await read.select().from(logChunks).where(overlaps).orderBy(asc(logChunks.start));
      if (found.length === 0 && row.state === 'ended' && row.bytes > offset) return pruned(row.bytes);
      const parts = found.map(({ start, bytes }) => bytes.subarray(Math.max(0, from - start), to - start));
      const gap =
        from > offset ? [Buffer.from(`\n--- ${from - offset} of ${row.bytes} bytes were not kept ---\n`)] : [];
      const text = Buffer.concat([...gap, ...parts]);
      return { text, next: to, ended: row.state === 'ended' && to >= row.bytes };
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

/** What to read next: at most 1 MiB of what is kept, from `offset` on or from the end of the gap that it lies in. */
function window(offset: number, length: number): { from: number; to: number } {
  const kept = Math.max(head, length - tail);
  const from = offset >= head && offset < kept ? kept : offset;
  const border = from < head ? head : length;
  return { from, to: Math.max(from, Math.min(from + mebibyte, border, length)) };
}
