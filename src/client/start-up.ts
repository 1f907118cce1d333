import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TowpathError } from '../release/towpath-error.js';

const patienceMs = 60_000;

/** Connects to a part that may start beside us and need a moment; one that never comes is PART_FAILED, with what it said last. */
export async function patiently<T>(what: string, connect: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      signal?.throwIfAborted();
      if (Date.now() < deadline) {
        await delay(250);
        continue;
      }
      const said = error instanceof TowpathError ? `: ${error.message}` : '';
      throw new TowpathError('PART_FAILED', `${what} did not answer within ${patienceMs / 1000} s${said}`, {
        cause: error,
      });
    }
  }
}

/** The end of a process that cannot go on: an error of its user in plain words, a bug with its stack. */
export const endWith =
  (log: Pick<Logger, 'fatal'>, sentence: string) =>
  (error: unknown): never => {
    const known = error instanceof TowpathError;
    const err = known ? { code: error.code, message: error.message, hint: error.hint } : error;
    log.fatal({ err }, sentence);
    process.exit(1);
  };
