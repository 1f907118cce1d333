// Keeps a number of pieces of work in flight for a while, and counts what was completed and what it cost.
import { setTimeout as delay } from 'node:timers/promises';
import { cpuOf, cpuOfChildren, machineCpu } from '../stack/processes.js';

/**
 * `work(lane)` is done again and again in `lanes` lanes side by side. After `warmUpMs` the completed are counted for
 * `forMs`; the CPU milliseconds of each process are divided by them.
 */
export async function saturate({ lanes, warmUpMs, forMs, work, processes }) {
  const stopping = new AbortController();
  let completed = 0;
  const running = Array.from({ length: lanes }, async (_, lane) => {
    while (!stopping.signal.aborted) {
      await work(lane);
      completed += 1;
    }
  });
  const all = Promise.all(running);
  const measured = (async () => {
    await delay(warmUpMs);
    const before = { ...snapshot(processes), completed };
    await delay(forMs);
    const after = { ...snapshot(processes), completed };
    stopping.abort();
    return difference(before, after);
  })();
  try {
    const result = await Promise.race([measured, all.then(() => measured)]);
    await all;
    return result;
  } finally {
    stopping.abort();
  }
}

/** `client` is this process: what starts the work and hears of its end. */
function snapshot(processes) {
  const { user, system } = process.cpuUsage();
  const jobs = cpuOfChildren(processes.cluster);
  const cpu = cpuOf(processes);
  return {
    at: performance.now(),
    cpu: { ...cpu, cluster: cpu.cluster - jobs, jobs, client: (user + system) / 1000 },
    machine: machineCpu(),
  };
}

/** `others` is the share of the machine that the rest of it took: with much of it, the figures are too bad. */
function difference(before, after) {
  const count = after.completed - before.completed;
  if (count === 0) throw new Error('nothing was completed');
  const spent = Object.keys(before.cpu).map((name) => [name, after.cpu[name] - before.cpu[name]]);
  const ours = spent.reduce((sum, [, ms]) => sum + ms, 0);
  const used = after.machine.used - before.machine.used;
  return {
    count,
    perMinute: (count * 60_000) / (after.at - before.at),
    cpuMs: Object.fromEntries(spent.map(([name, ms]) => [name, ms / count])),
    others: Math.max(0, used - ours) / (after.machine.all - before.machine.all),
    busy: used / (after.machine.all - before.machine.all),
  };
}
