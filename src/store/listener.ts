import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** What a notification may speak of. */
export interface About {
  release?: string;
  /** A release of which a log grew. */
  log?: string;
  outbox?: true;
  configs?: true;
}

export interface Listener {
  /** Resolves at the next notification that `matches`, after `waitMs`, or when aborted. Never a truth: read again. */
  wait(matches: (about: About) => boolean, waitMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Waiter {
  matches: (about: About) => boolean;
  wake: () => void;
}

const reconnectMs = 500;

/** Nothing is said on a connection that only listens, so one that is silently dropped is found out by asking. */
const askMs = 5000;
const answerMs = 5000;

/** One connection that listens, and connects again when it is lost. Whoever waits is woken then: something may have been missed. */
export function startListener(connectionString: string): Listener {
  const waiters = new Set<Waiter>();
  const stopped = new AbortController();
  const hear = (about: About): void => {
    for (const { matches, wake } of waiters) if (matches(about)) wake();
  };
  const wakeAll = (): void => {
    for (const { wake } of waiters) wake();
  };
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await listen(connectionString, { hear, connected: wakeAll, signal: stopped.signal });
      wakeAll();
      await delay(reconnectMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    wait: (matches, waitMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || stopped.signal.aborted) return resolve();
        const wake = (): void => {
          waiters.delete(waiter);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const waiter = { matches, wake };
        const timer = setTimeout(wake, waitMs);
        waiters.add(waiter);
        signal.addEventListener('abort', wake, { once: true });
      }),
    async close() {
      stopped.abort();
      wakeAll();
      await loop;
    },
  };
}

interface Hearing {
  hear: (about: About) => void;
  connected: () => void;
  signal: AbortSignal;
}

/** Ends when the connection is lost, could not be made, or is not wanted any more; the caller tries again. */
async function listen(connectionString: string, { hear, connected, signal }: Hearing): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 5000,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: askMs,
  });
  const lost = new AbortController();
  const end = (): void => lost.abort();
  client.once('end', end);
  client.on('error', end);
  signal.addEventListener('abort', end, { once: true });
  client.on('notification', ({ payload }) => {
    const about = read(payload);
    if (about) hear(about);
  });
  try {
    await client.connect();
    await client.query('LISTEN towpath');
    connected();
    while (!lost.signal.aborted) {
      await delay(askMs, undefined, { signal: lost.signal }).catch(() => undefined);
      if (!lost.signal.aborted) await client.query('SELECT 1');
    }
  } catch {
    // A database that is away is what this loop is for: the queries say so to whoever asks.
  } finally {
    // The signal lives as long as the process, and would keep every client that was ever tried.
    signal.removeEventListener('abort', end);
  }
  await client.end().catch(() => undefined);
}

/** Anyone with the database may notify: what is not ours is nothing. */
function read(payload: string | undefined): About | undefined {
  try {
    const about: unknown = JSON.parse(payload ?? '');
    return typeof about === 'object' && about !== null ? about : undefined;
  } catch {
    return undefined;
  }
}
