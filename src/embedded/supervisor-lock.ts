import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJson } from './atomic-file.js';
import { identify, isAlive, type ProcessId } from './process-id.js';

/**
 * Makes this process the only supervisor of an installation; answers the one that is, if there is one. The file appears
 * with its content, by a link, so nobody ever reads half of it and takes a living lock for a stale one.
 */
export function takeLock(file: string): { mine: ProcessId } | { other: ProcessId } {
  const mine = identify(process.pid);
  if (!mine) throw new Error('this process cannot be identified');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (;;) {
      if (linked(own, file)) return { mine };
      const other = holder(file);
      if (other) return { other };
      removeStale(file);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** The living process that holds the lock. */
export function holder(file: string): ProcessId | undefined {
  const id = readJson(file) as ProcessId | undefined;
  return id && isAlive(id) ? id : undefined;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two may see the same stale file: what is moved away is looked at again, and a lock that somebody just took goes back. */
function removeStale(file: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (holder(aside)) linked(aside, file);
  rmSync(aside, { force: true });
}

/** Gives the lock up, if it is ours. */
export function freeLock(file: string, mine: ProcessId): void {
  const id = readJson(file) as ProcessId | undefined;
  if (id?.pid === mine.pid && id.startTime === mine.startTime) rmSync(file, { force: true });
}
