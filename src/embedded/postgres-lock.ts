import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Processes of a database folder: PostgreSQL's own all work inside it. Linux; elsewhere none. */
export function processesIn(dataDir: string): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  const real = realpathSync(dataDir);
  return names
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => {
      try {
        return readlinkSync(`/proc/${name}/cwd`) === real;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/**
 * After kill -9, `postmaster.pid` names a process that is gone, which PostgreSQL sees by itself; but not when the
 * number has been given to another process since. Then the file is removed, if really nothing works in the folder.
 */
export function removeStaleLock(dataDir: string): void {
  const file = path.join(dataDir, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if (process.platform === 'linux' && processesIn(dataDir).length === 0 && pid !== process.pid) rmSync(file);
}

/** True while anything of PostgreSQL still works in the folder, for instance children of a server that was killed. */
export const inUse = (dataDir: string): boolean => processesIn(dataDir).length > 0;
