import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { dispatch } from '../../src/server/dispatcher.js';
import type { OutboxRow } from '../../src/server/ports.js';
import { FakeReleaseClient } from '../fakes/release-client.js';
import { until } from '../real/until.js';

type Store = Parameters<typeof dispatch>[0]['store'];

/** An outbox in memory whose waiters wake at a new row alone, never by time. */
class Outbox {
  rows: OutboxRow[] = [];
  private waiters: (() => void)[] = [];

  add(id: number): void {
    this.rows.push({ id, workflowId: `release/a/b/${id}`, message: 'turnChanged', payload: null });
    this.wake();
  }

  wake(): void {
    for (const wake of this.waiters.splice(0)) wake();
  }

  /** What the dispatcher asks of a store that has nothing else to do. */
  store(): Store {
    return {
      unstarted: () => Promise.resolve([]),
      openRequests: () => Promise.resolve([]),
      pruneLogs: () => Promise.resolve(0),
      pruneOutbox: () => Promise.resolve(),
      outbox: (limit: number, after = 0) => Promise.resolve(this.rows.filter(({ id }) => id > after).slice(0, limit)),
      markSent: (ids: number[]) => {
        this.rows = this.rows.filter(({ id }) => !ids.includes(id));
        return Promise.resolve();
      },
      waitForOutbox: (_: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          this.waiters.push(resolve);
          signal.addEventListener('abort', () => resolve());
        }),
    } as unknown as Store;
  }
}

/** Dispatches until `done`, and answers to whom signals went. */
async function sent(outbox: Outbox, releases: FakeReleaseClient, count: number): Promise<string[]> {
  const stopping = new AbortController();
  const logRetention = { succeeded: 1, failed: 1 };
  const log = pino({ enabled: false });
  const dispatching = dispatch({ store: outbox.store(), releases, log, signal: stopping.signal, logRetention });
  try {
    await until('all are sent', () => releases.signals.length === count, { withinMs: 2000, everyMs: 5 });
  } finally {
    stopping.abort();
    await dispatching;
  }
  return releases.signals.map(({ workflowId }) => workflowId);
}

test('a signal that is stored while others are being sent is not left for later', async () => {
  const outbox = new Outbox();
  const releases = new FakeReleaseClient();
  const send = releases.signal.bind(releases);
  releases.signal = async (...signal) => {
    const answer = await send(...signal);
    if (signal[0] === 'release/a/b/1') outbox.add(2);
    return answer;
  };
  outbox.add(1);
  expect(await sent(outbox, releases, 2)).toEqual(['release/a/b/1', 'release/a/b/2']);
});

test('signals that Temporal refuses do not hold up the others', async () => {
  const outbox = new Outbox();
  const releases = new FakeReleaseClient();
  const send = releases.signal.bind(releases);
  releases.signal = (workflowId, ...signal) =>
    workflowId === 'release/a/b/201'
      ? send(workflowId, ...signal)
      : Promise.reject(new Error('the execution has had 10000 signals'));
  for (let id = 1; id <= 201; id++) outbox.add(id);
  expect(await sent(outbox, releases, 1)).toEqual(['release/a/b/201']);
});
