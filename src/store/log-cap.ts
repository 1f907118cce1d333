import { sql } from 'drizzle-orm';

const mebibyte = 1024 * 1024;
/** The first and the last part of a log that are kept (docs/spec.md §7.10). */
export const head = mebibyte;
export const tail = 9 * mebibyte;

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
