import { Context } from '@temporalio/activity';

/** Waiting, so that tests need not. */
export interface Clock {
  now(): number;
  /** Ends early, and without an error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep,
};

/** A timer of `node:timers/promises` that is left early makes an error with a stack, and most of ours are. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

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
    for (;;) {
      // Most runs are shorter: their start and their end are sign enough.
      await clock.sleep(heartbeatMs, done.signal);
      if (done.signal.aborted) return;
      context.heartbeat(details());
    }
  })();
  try {
    return await work();
  } finally {
    done.abort();
    await beats;
  }
}
