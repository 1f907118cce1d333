import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { openLog, readLog } from './log-file.js';
import type { Launch } from './part.js';
import { identify, isAlive, type ProcessId } from './process-id.js';

/** A process of a part: started by us, or found running. */
export interface PartProcess {
  id: ProcessId;
  adopted: boolean;
  log: () => string;
  isAlive: () => boolean;
  /** `code 1`, `SIGKILL`, or unknown for one that we did not start. */
  howEnded: () => string;
}

/** Two launches with the same fingerprint run the same program in the same way. */
export const fingerprint = ({ command, args, env, uid, content }: Launch): string =>
  createHash('sha256')
    .update(JSON.stringify([command, args, env ?? {}, uid ?? null, content ?? null]))
    .digest('hex')
    .slice(0, 16);

/**
 * Starts a part in a session of its own, so that neither Ctrl-C in our terminal nor our death ends it, with its
 * output straight to its log file, so that no pipe breaks.
 */
export async function startProcess(launch: Launch, logFile: string): Promise<PartProcess> {
  const { command, args, env, uid, gid } = launch;
  const { fd, from } = openLog(logFile);
  const child = spawn(command, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', fd, fd],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(fd);
  let ended: string | undefined;
  child.once('exit', (code, signal) => (ended = code === null ? String(signal) : `code ${code}`));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  child.unref();
  const id = identify(pid) ?? { pid, startTime: 'ended' };
  return {
    id,
    adopted: false,
    log: () => readLog(logFile, from),
    isAlive: () => ended === undefined && isAlive(id),
    howEnded: () => ended ?? 'an unknown code',
  };
}

/** A process that an earlier supervisor started and that still runs. */
export const adoptProcess = (id: ProcessId): PartProcess => ({
  id,
  adopted: true,
  log: () => '',
  isAlive: () => isAlive(id),
  howEnded: () => 'an unknown code',
});
