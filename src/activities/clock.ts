import { Context } from '@temporalio/activity';

/** Rejects with the cancellation as soon as the activity is cancelled, paused, reset or its worker shuts down. */
export function orCancelled<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, Context.current().cancelled]);
}

/** Heartbeats from a timer of its own while `work` runs, not from events: silence means that the worker died. */
export async function heartbeating<T>(details: () => unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat(details());
  const timer = setInterval(() => context.heartbeat(details()), 5000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
