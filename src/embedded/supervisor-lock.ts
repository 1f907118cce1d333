import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJson } from './atomic-file.js';
import { identify, isAlive, type ProcessId } from './process-id.js';

/** Makes this process the only supervisor of an installation; answers the one that is, if there is one. */
export function takeLock(file: string): { mine: ProcessId } | { other: ProcessId } {
  const mine = identify(process.pid);
  if (!mine) throw new Error('this process cannot be identified');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      return { mine };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = readJson(file) as ProcessId | undefined;
    if (other && isAlive(other)) return { other };
    rmSync(file, { force: true });
  }
}

export const freeLock = (file: string): void => rmSync(file, { force: true });
