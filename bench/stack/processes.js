// The CPU time of processes and of everything they have started, from /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** Linux answers in hundredths of a second, whatever the kernel counts in. */
const tickMs = 10;

/** CPU milliseconds by name. `processes` names the first process of each. */
export function cpuOf(processes) {
  const all = readAll();
  return Object.fromEntries(
    Object.entries(processes).map(([name, pid]) => [name, treeOf(pid, all).reduce((sum, { ms }) => sum + ms, 0)]),
  );
}

/** CPU milliseconds of what a process has started and what has ended, without the process itself. */
export function cpuOfChildren(pid) {
  const [own, ...others] = treeOf(pid, readAll());
  return others.reduce((sum, { ms }) => sum + ms, own?.endedMs ?? 0);
}

/** Megabytes that a process and its children hold. Pages that they share count once for each. */
export function memoryOf(pid) {
  const all = readAll();
  return treeOf(pid, all).reduce((sum, each) => sum + each.residentPages * 4096, 0) / 1e6;
}

function treeOf(pid, all) {
  const own = all.get(pid);
  if (own === undefined) return [];
  const children = [...all.values()].filter(({ parent }) => parent === pid);
  return [own, ...children.flatMap((child) => treeOf(child.pid, all))];
}

function readAll() {
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const read = readStat(Number(pid));
      return read === undefined ? [] : [[read.pid, read]];
    }),
  );
}

/** Fields of proc_pid_stat(5), counted from the end of the name, which may hold spaces. */
function readStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    // It ended between the listing and the reading.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  const endedMs = (endedUser + endedSystem) * tickMs;
  return {
    pid,
    parent: Number(fields[1]),
    ms: (user + system) * tickMs + endedMs,
    endedMs,
    residentPages: Number(fields[21]),
  };
}

/** CPU milliseconds of the whole machine since it started: those that were used, those that were there. */
export function machineCpu() {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/ +/);
  const [user, nice, system, idle, waiting, irq, softIrq, stolen] = fields.map((ticks) => Number(ticks) * tickMs);
  const used = user + nice + system + irq + softIrq + stolen;
  return { used, all: used + idle + waiting };
}
