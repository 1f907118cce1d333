import { sql } from 'drizzle-orm';
import { head, tail } from '../release/log-positions.js';

/** What is read at once. */
const page = 1024 * 1024;

/** Stands where the middle was dropped. */
export const gapText = (dropped: number | string, length: number | string): string =>
  `\n--- ${dropped} of ${length} bytes were not kept ---\n`;

const part = (where: string): string =>
  `coalesce((SELECT string_agg(bytes, ''::bytea ORDER BY start) FROM log_chunks WHERE run_id = runs.id AND start ${where} ${head}), '')`;
const [before = '', between = '', after = ''] = gapText('|', '|').split('|');
const gap = `convert_to('${before}' || (log_bytes - ${head + tail}) || '${between}' || log_bytes || '${after}', 'UTF8')`;

/** SHA-256 of the log of a row of `runs`, of the bytes that a reader gets from its first one on; for an UPDATE. */
export const logDigest = sql.raw(
  `encode(sha256(${part('<')} || CASE WHEN log_bytes > ${head + tail} THEN ${gap} ELSE '' END || ${part('>=')}), 'hex')`,
);

/**
 * What to read next: at most one page of what is kept, from `offset` on or from the end of the gap that it lies in, and nothing
 * that lies behind `until`.
 */
export function window(offset: number, length: number, until = length): { from: number; to: number } {
  const kept = Math.max(head, length - tail);
  const from = offset >= head && offset < kept ? Math.min(kept, until) : offset;
  const border = from < head ? head : length;
  return { from, to: Math.max(from, Math.min(from + page, border, length, until)) };
}
