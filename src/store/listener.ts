import { EventEmitter, once } from 'node:events';
import pg from 'pg';

export interface Listener {
  /** Resolves at the next notification that `matches`, after `waitMs`, or when aborted. Never a truth: read again. */
  wait(
    matches: (about: { release?: string; outbox?: true; configs?: true }) => boolean,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

/** One connection that listens, and connects again when it is lost; meanwhile waiting ends by time alone. */
export function startListener(connectionString: string): Listener {
  const events = new EventEmitter({ captureRejections: true }).setMaxListeners(0);
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await listen(connectionString, events, stopped.signal);
      events.emit('about', { outbox: true, configs: true });
      await pause(500, stopped.signal);
    }
  })();
  return {
    async wait(matches, waitMs, signal) {
      const timeout = AbortSignal.any([signal, stopped.signal, AbortSignal.timeout(waitMs)]);
      while (!timeout.aborted) {
        const about = await once(events, 'about', { signal: timeout }).then(
          ([value]) => value as object,
          () => undefined,
        );
        if (about && matches(about)) return;
      }
    },
    async close() {
      stopped.abort();
      await loop;
    },
  };
}

/** Ends when the connection is lost, could not be made, or is not wanted any more; the caller tries again. */
async function listen(connectionString: string, events: EventEmitter, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, keepAlive: true });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload }) => events.emit('about', JSON.parse(payload ?? '{}')));
  const connected = await client
    .connect()
    .then(
      () => client.query('LISTEN towpath').then(() => true),
      () => false,
    )
    .catch(() => false);
  if (connected) await lost;
  await client.end().catch(() => undefined);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
