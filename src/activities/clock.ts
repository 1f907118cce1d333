import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';

/** Waiting, so that tests need not. */
export interface Clock {
  now(): number;
  /** Ends early, and without an error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
};

/**
 * Rejects with the cancellation as soon as the activity is cancelled, paused, reset or its worker shuts down; the work is
 * left alone then. It takes its listener off again: a wait of hours asks thousands of times.
 */
export async function orCancelled<T>(work: () => Promise<T>): Promise<T> {
  const { cancellationSignal: signal, cancelled } = Context.current();
  if (signal.aborted) return cancelled;
  let leave = (): void => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => void cancelled.catch(reject);
  });
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([work(), left]);
  } catch (error) {
    if (error === signal.reason) return await cancelled;
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

const heartbeatMs = 5000;

/** Heartbeats from a timer of its own while `work` runs, not from events: silence means that the worker died. */
export async function heartbeating<T>(clock: Clock, details: () => unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const done = new AbortController();
  const beats = (async () => {
    while (!done.signal.aborted) {
      context.heartbeat(details());
      await clock.sleep(heartbeatMs, done.signal);
    }
  })();
  try {
    return await work();
  } finally {
    done.abort();
    await beats;
  }
}
