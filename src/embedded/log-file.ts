import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const largest = 10 * 1024 * 1024;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Opens a part's log to append; one that has grown beyond 10 MiB is kept as `.1` and begun anew. */
export function openLog(file: string): { fd: number; from: number } {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (sizeOf(file) > largest) renameSync(file, `${file}.1`);
  return { from: sizeOf(file), fd: openSync(file, 'a', 0o600) };
}

/** What was logged from byte `from` on, at most the last 256 KiB of it. */
export function readLog(file: string, from = 0): string {
  const size = sizeOf(file);
  const begin = Math.max(from, size - 256 * 1024, 0);
  if (size <= begin) return '';
  const buffer = Buffer.alloc(size - begin);
  const fd = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, begin)).toString();
  } finally {
    closeSync(fd);
  }
}

/** The last lines of a log, for the one who has to find out what went wrong. */
export const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');
