import type { Logger } from 'pino';
import { TowpathError } from '../release/towpath-error.js';

interface Rounds {
  round: () => Promise<void>;
  /** Ends when there may be something to do. Begun before a round, so that what comes meanwhile is not missed. */
  changed: () => Promise<void>;
  signal: AbortSignal;
  log: Pick<Logger, 'warn' | 'error'>;
  /** Called once, after the first round. */
  ready: () => void;
}

/**
 * One round at each change, until `signal` ends it. The first must succeed; a later one that fails is said and made again at
 * the next change: with the process would end all that it does beside.
 */
export async function inRounds({ round, changed, signal, log, ready }: Rounds): Promise<void> {
  let next = changed();
  await round();
  ready();
  while (!signal.aborted) {
    await next;
    next = changed();
    await round().catch((error: unknown) => {
      if (error instanceof TowpathError) log.warn({ code: error.code, reason: error.message }, 'a round waits');
      else log.error({ err: error }, 'a round failed');
    });
  }
}
