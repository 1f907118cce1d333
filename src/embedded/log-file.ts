import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import path from 'node:path';

const largest = 10 * 1024 * 1024;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Opens a part's log to append; one that has grown beyond 10 MiB is kept as `.1` and begun anew. */
export function openLog(file: string): { fd: number; from: number } {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (sizeOf(file) > largest) renameSync(file, `${file}.1`);
  return { from: sizeOf(file), fd: openSync(file, 'a', 0o600) };
}

/**
 * Begins a log anew that has grown beyond 10 MiB while its program writes it: what it holds is copied to `.1`, and the file,
 * which is open to append, is emptied. What is written between the two is lost; on a full disk so is the copy.
 */
export function boundLog(file: string): void {
  if (sizeOf(file) <= largest) return;
  const older = `${file}.1`;
  rmSync(older, { force: true });
  try {
    copyFileSync(file, older);
  } catch {
    rmSync(older, { force: true });
  }
  truncateSync(file, 0);
}

/** What was logged from byte `from` on, at most the last 256 KiB of it; all of a log that was begun anew since. */
export function readLog(file: string, from = 0): string {
  const size = sizeOf(file);
  const begin = Math.max(from > size ? 0 : from, size - 256 * 1024, 0);
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
