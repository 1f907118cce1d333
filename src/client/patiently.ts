import { setTimeout as delay } from 'node:timers/promises';
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
