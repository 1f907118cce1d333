import { setTimeout as delay } from 'node:timers/promises';
import type { Api, RunRef } from './api.js';
import type { Context } from './context.js';
import { TowpathError } from '../release/towpath-error.js';

/** Copies a run's log to stdout as it is. A connection that breaks is taken up again where it broke. */
export async function copyLog(
  { io, signal }: Pick<Context, 'io' | 'signal'>,
  api: Api,
  { follow, ...run }: RunRef & { follow: boolean },
): Promise<void> {
  let offset = 0;
  for (let failures = 0; ;) {
    try {
      const answer = await api.log(run, { offset, follow });
      for await (const chunk of answer.body ?? []) {
        offset += chunk.length;
        failures = 0;
        await io.write(chunk);
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (error instanceof TowpathError || failures > 5) throw error;
      await delay(200 * failures, undefined, { signal });
    }
  }
}
