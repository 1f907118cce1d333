import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerContext } from './context.js';
import { sendRequest } from './decide.js';
import type { ServerStore } from './ports.js';
import { startStored } from './start.js';

/** What a crash between two steps leaves behind is older than a step. */
const unstartedMs = 2000;
const unansweredMs = 10_000;
const pruneMs = 3_600_000;

type Dispatching = Pick<ServerContext, 'releases' | 'log'> & {
  store: ServerStore & { waitForOutbox(waitMs: number, signal: AbortSignal): Promise<void> };
  signal: AbortSignal;
  /** How long logs are kept (ms). */
  logRetention: { succeeded: number; failed: number };
};

/**
 * Delivers what was stored before it was sent: starts, decisions, signals; and removes logs past their time. Everything it
 * does is safe to repeat, also by two servers at once. Ends when `signal` says so.
 */
export async function dispatch(of: Dispatching): Promise<void> {
  const { signal, store } = of;
  const pause = (ms: number) => () => delay(ms, undefined, { signal }).catch(() => undefined);
  await Promise.all([
    forever(of, { work: () => startUnstarted(of), pause: pause(5000) }),
    forever(of, { work: () => sendUnanswered(of), pause: pause(unansweredMs) }),
    forever(of, { work: () => sendSignals(of), pause: () => store.waitForOutbox(10_000, signal) }),
    forever(of, { work: () => pruneLogs(of), pause: pause(pruneMs) }),
  ]);
}

interface Round {
  work: () => Promise<void>;
  /** Ends when there is work again. Begun before the work, so that what comes meanwhile is not missed. */
  pause: () => Promise<unknown>;
}

/** A part that is away is said once; the next round tries again. */
async function forever({ signal, log }: Dispatching, { work, pause }: Round): Promise<void> {
  let away = false;
  while (!signal.aborted) {
    const again = pause();
    try {
      await work();
      away = false;
    } catch (error) {
      if (!(error instanceof TowpathError)) log.error({ err: error }, 'delivering failed');
      else if (!away) log.warn({ code: error.code, reason: error.message }, 'delivering waits');
      away = true;
      await delay(1000, undefined, { signal }).catch(() => undefined);
    }
    await again;
  }
}

async function startUnstarted({ store, releases, log }: Dispatching): Promise<void> {
  for (const { release, plan } of await store.unstarted(unstartedMs)) {
    if ((await startStored({ store, releases }, { release, plan })) !== undefined) return;
    log.info({ release: release.id }, 'started a release that was stored and not started');
  }
}

async function sendUnanswered({ store, releases }: Dispatching): Promise<void> {
  for (const request of await store.openRequests(unansweredMs)) await sendRequest({ store, releases }, request);
}

/** A workflow that is gone needs no signal. */
async function sendSignals({ store, releases }: Dispatching): Promise<void> {
  for (;;) {
    const rows = await store.outbox(100);
    for (const { id, workflowId, message, payload } of rows) {
      await releases.signal(workflowId, message, payload);
      await store.markSent([id]);
    }
    if (rows.length < 100) return;
  }
}

async function pruneLogs({ store, log, logRetention }: Dispatching): Promise<void> {
  const pieces = await store.pruneLogs(logRetention);
  if (pieces > 0) log.info({ pieces }, 'removed logs past their retention');
}
