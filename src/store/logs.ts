import { and, asc, eq, gte, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { parseReleaseId } from '../release/ids.js';
import type { ServerStore } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { byKey } from './runs.js';
import { logChunks, runs } from './schema.js';

const mebibyte = 1024 * 1024;
/** The first and the last part of a log that are kept (docs/spec.md §7.10). */
const head = mebibyte;
const tail = 9 * mebibyte;

/** Logs of runs, in chunks; the middle of a very long one is dropped. */
export const logQueries = (
  db: Database,
): Pick<RunStore, 'logLength' | 'appendLog' | 'logTail'> & Pick<ServerStore, 'log'> => ({
  logLength: (key) =>
    db.read(async (read) => {
      const [row] = await read.select({ bytes: runs.logBytes }).from(runs).where(byKey(key));
      return row?.bytes ?? 0;
    }),

  appendLog: (key, offset, text) =>
    db.write(async (tx) => {
      const [row] = await tx.select().from(runs).where(byKey(key)).for('update');
      if (!row) throw new Error('a log of a run that is not stored');
      if (row.logBytes !== offset || text.length === 0) return row.logBytes;
      const length = offset + text.length;
      await tx.insert(logChunks).values({ runId: row.id, start: offset, bytes: text });
      await tx.update(runs).set({ logBytes: length }).where(eq(runs.id, row.id));
      if (length > head + tail) await dropMiddle(tx, row.id, length - tail);
      await notify(tx, { release: `${key.application}/${key.service}/${key.release}` });
      return length;
    }),

  logTail: (key, lines, maxBytes) =>
    db.read(async (read) => {
      const [row] = await read.select().from(runs).where(byKey(key));
      if (!row) return { tail: [], bytes: 0, truncated: false };
      const from = Math.max(0, row.logBytes - maxBytes);
      const chunks = await read
        .select()
        .from(logChunks)
        .where(and(eq(logChunks.runId, row.id), gte(sql`${logChunks.start} + length(${logChunks.bytes})`, from)))
        .orderBy(asc(logChunks.start));
      const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes)).subarray(-maxBytes);
      const all = bytes.toString('utf8').replace(/\n$/, '').split('\n');
      const shown = all.length === 1 && all[0] === '' ? [] : all.slice(-lines);
      return { tail: shown, bytes: row.logBytes, truncated: row.logBytes > head + tail };
    }),

  log: (id, channel, run, offset) =>
    db.read(async (read) => {
      const of = parseReleaseId(id);
      if (!of) return { text: Buffer.alloc(0), ended: true };
      const mine = and(
        eq(runs.application, of.application),
        eq(runs.service, of.service),
        eq(runs.channel, channel),
        eq(runs.run, run),
      );
      const [row] = await read.select().from(runs).where(mine);
      if (!row) return { text: Buffer.alloc(0), ended: true };
      const chunks = await read
        .select()
        .from(logChunks)
        .where(eq(logChunks.runId, row.id))
        .orderBy(asc(logChunks.start));
      const text = assemble(chunks, row.logBytes).subarray(offset, offset + mebibyte);
      return { text, ended: row.state === 'ended' };
    }),
});

/** Drops whole chunks between the kept head and tail. */
async function dropMiddle(tx: Tx, runId: number, tailFrom: number): Promise<void> {
  await tx
    .delete(logChunks)
    .where(
      and(
        eq(logChunks.runId, runId),
        gte(logChunks.start, head),
        sql`${logChunks.start} + length(${logChunks.bytes}) <= ${tailFrom}`,
      ),
    );
}

/** The stored text, with a line where the middle was dropped. */
function assemble(chunks: { start: number; bytes: Buffer }[], length: number): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, bytes } of chunks) {
    if (start > at) parts.push(Buffer.from(`\n--- ${start - at} of ${length} bytes were not kept ---\n`));
    parts.push(bytes);
    at = start + bytes.length;
  }
  return Buffer.concat(parts);
}
