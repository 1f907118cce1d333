import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by when it began. */
export interface ProcessId {
  pid: number;
  /** Clock ticks since boot (Linux), or a date as `ps` prints it. Only compared. */
  startTime: string;
}

/** When the process began; undefined when there is none, or when it is a zombie. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  }
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/**
 * Field 22 of `/proc/PID/stat`. The name in field 2 may hold spaces and parentheses, so count from its end. The state
 * (field 3) is that of the first thread: a process that is ending is a zombie there while its other threads (field 20) still
 * hold its files and ports.
 */
export function parseStat(stat: string): string | undefined {
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const threads = Number(fields[16]);
  return state === 'X' || (state === 'Z' && threads <= 1) ? undefined : fields[18];
}

/** True for a process that somebody stopped (SIGSTOP): it lives, and does nothing until SIGCONT. */
export function isStopped({ pid }: ProcessId): boolean {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return 'Tt'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
    } catch {
      return false;
    }
  }
  return spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .startsWith('T');
}

/** The identity of a running process; undefined when it has ended already. */
export function identify(pid: number): ProcessId | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** True while that very process runs; false for another one that was given its number. */
export const isAlive = ({ pid, startTime }: ProcessId): boolean => startTimeOf(pid) === startTime;
