import { isAlive, type ProcessId } from './process-id.js';
import { until } from './wait.js';

/** Signals a process, and what it started if it leads a group. False when it was gone already. */
function send(id: ProcessId, signal: NodeJS.Signals, group: boolean): boolean {
  if (!isAlive(id)) return false;
  try {
    const to = group ? -id.pid : id.pid;
    process.kill(to, signal);
    // One that was stopped would hear of it only when it goes on.
    process.kill(to, 'SIGCONT');
    return true;
  } catch (error) {
    // It ended between the question and the signal.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Asks a process to end, waits, and kills its whole group when it does not. Another process with the number is left alone. */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, graceMs: number): Promise<'ended' | 'killed'> {
  if (!send(id, signal, false)) return 'ended';
  if (await until(() => !isAlive(id), { timeoutMs: graceMs })) return 'ended';
  if (!send(id, 'SIGKILL', true)) send(id, 'SIGKILL', false);
  await until(() => !isAlive(id), { timeoutMs: 5000 });
  return 'killed';
}
