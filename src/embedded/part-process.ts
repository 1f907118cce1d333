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

/** A process that exists and does not run its program yet. */
export interface HeldProcess extends PartProcess {
  /** Lets it run its program. Without it, and when we die before, it ends by itself. */
  go: () => void;
  giveUp: () => void;
}

/** Two launches with the same fingerprint run the same program in the same way. */
export const fingerprint = ({ command, args, env, uid, content }: Launch): string =>
  createHash('sha256')
    .update(JSON.stringify([command, args, env ?? {}, uid ?? null, content ?? null]))
    .digest('hex')
    .slice(0, 16);

/** Waits for a word on its input, then becomes the program, with the same process number; at the end of the input it ends. */
const hold = 'read -r go || exit 125; exec "$@" </dev/null';

/**
 * Makes the process of a part in a session of its own, so that neither Ctrl-C in our terminal nor our death ends it, with
 * its output straight to its log file, so that no pipe breaks. It is held until its id is written down: a supervisor that
 * dies in between leaves no process that the next one does not know.
 */
export async function holdProcess(launch: Launch, logFile: string): Promise<HeldProcess> {
  const { command, args, env, uid, gid } = launch;
  const { fd, from } = openLog(logFile);
  const child = spawn('/bin/sh', ['-c', hold, 'towpath', command, ...args], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', fd, fd],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(fd);
  let ended: string | undefined;
  child.once('exit', (code, signal) => (ended = code === null ? String(signal) : `code ${code}`));
  // One that was killed while it was held reads nothing more: its end is seen by `exit`.
  child.stdin?.on('error', () => undefined);
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
    // Not by its number: that is gone before we are told how it ended, which is said to people.
    isAlive: () => ended === undefined,
    howEnded: () => ended ?? 'an unknown code',
    go: () => void child.stdin?.end('go\n'),
    giveUp: () => void child.stdin?.end(),
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
