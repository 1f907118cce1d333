// CPU milliseconds of a process by the names of its threads: what is not JavaScript shows only here.
import { readdirSync, readFileSync } from 'node:fs';

export function cpuOfThreads(pid) {
  const sums = new Map();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const name = id === String(pid) ? 'main' : text.slice(text.indexOf('(') + 1, end).replace(/[-_]?[0-9]+$/, '');
    const [user, system] = text
      .slice(end + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    sums.set(name, (sums.get(name) ?? 0) + (user + system) * 10);
  }
  return sums;
}

/** What was spent between two readings, the largest first, for each of `count`. */
export const spentBetween = (before, after, count) =>
  [...after]
    .map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / count])
    .filter(([, ms]) => ms > 0.05)
    .sort(([, a], [, b]) => b - a);
