import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerContext } from './context.js';
import { sendRequest } from './decide.js';
import type { OutboxRow, ServerStore } from './ports.js';
import { startStored } from './start-stored.js';

/** What a crash between two steps leaves behind is older than a step. */
const unstartedMs = 2000;
const unansweredMs = 10_000;
const pruneMs = 3_600_000;
/** Signals that were sent are kept for those who ask what happened. */
const keptMs = 24 * 3_600_000;

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
    forever(of, { work: () => prune(of), pause: pause(pruneMs) }),
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

/** One that Temporal refuses is said and tried again in the next round; the others do not wait for it. */
async function each<T>(rows: readonly T[], { log }: Dispatching, send: (row: T) => Promise<void>): Promise<void> {
  for (const row of rows)
    try {
      await send(row);
    } catch (error) {
      if (error instanceof TowpathError) throw error;
      log.error({ err: error }, 'one could not be delivered');
    }
}

async function startUnstarted(of: Dispatching): Promise<void> {
  const { store, releases, log } = of;
  await each(await store.unstarted(unstartedMs), of, async ({ release, plan }) => {
    const begun = await startStored({ store, releases, log }, { release, plan });
    if (begun.started) log.info({ release: begun.release.id }, 'started a release that was stored and not started');
  });
}

async function sendUnanswered(of: Dispatching): Promise<void> {
  const { store, releases } = of;
  await each(await store.openRequests(unansweredMs), of, async (request) => {
    await sendRequest({ store, releases }, request);
  });
}

/** A workflow that is gone needs no signal. */
async function sendSignals(of: Dispatching): Promise<void> {
  const { store, releases } = of;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: OutboxRow[] = await store.outbox(100, after);
    await each(rows, of, async ({ id, workflowId, message, payload }) => {
      await releases.signal(workflowId, message, payload);
      await store.markSent([id]);
    });
    after = rows.length < 100 ? undefined : rows.at(-1)?.id;
  }
}

async function prune({ store, log, logRetention }: Dispatching): Promise<void> {
  await store.pruneOutbox(keptMs);
  const pieces = await store.pruneLogs(logRetention);
  if (pieces > 0) log.info({ pieces }, 'removed logs past their retention');
  const count = await store.pruneResults(logRetention);
  if (count > 0) log.info({ count }, 'removed results past their retention');
}
