import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseView } from '../release/view.js';
import type { Api } from './api.js';

export interface FollowOptions {
  signal: AbortSignal;
  /** Told once each time the server is lost. */
  onLost?: (message: string) => void;
  /** Between attempts; doubled while nothing new comes, at most ten times it. */
  pollMs: number;
  /** A server that is away for longer than this is an error. */
  patienceMs?: number;
}

/**
 * Every new view of a release. Events are a hint and reading is the truth: when the stream ends or says nothing, the
 * release is read, and the stream opened again; where there is no stream at all, reading goes on alone.
 */
export async function* followRelease(api: Api, id: string, options: FollowOptions): AsyncGenerator<ReleaseView> {
  const { signal, pollMs } = options;
  const connection = new Connection(options);
  let shown: { sequence: number; text: string } = { sequence: -1, text: '' };
  for (let quiet = 0; ; quiet += 1) {
    for await (const view of connection.viewsOnce(api, id)) {
      // What the server knows of clusters and pods changes without the release: the sequence is the same, the view is not.
      const text = JSON.stringify(view);
      if (view.sequence < shown.sequence || text === shown.text) continue;
      shown = { sequence: view.sequence, text };
      quiet = 0;
      yield view;
    }
    await delay(pollMs * Math.min(10, 2 ** quiet), undefined, { signal });
  }
}

/** Refusals that asking again does not change. */
const final = ['UNAUTHENTICATED', 'NOT_ALLOWED', 'NOT_FOUND', 'BAD_REQUEST'];

/** Bears with a server that comes and goes. */
class Connection {
  private readonly options: FollowOptions;
  private lostSince: number | undefined;

  constructor(options: FollowOptions) {
    this.options = options;
  }

  /** The stream as long as it lasts, then what reading says. */
  async *viewsOnce(api: Api, id: string): AsyncGenerator<ReleaseView> {
    try {
      for await (const view of api.events(id, this.options.signal)) {
        this.lostSince = undefined;
        yield view;
      }
    } catch (error) {
      this.refuse(error);
    }
    try {
      const view = await api.release(id);
      this.lostSince = undefined;
      yield view;
    } catch (error) {
      this.refuse(error);
      this.tolerate(error);
    }
  }

  private refuse(error: unknown): void {
    this.options.signal.throwIfAborted();
    if (error instanceof TowpathError && final.includes(error.code)) throw error;
  }

  private tolerate(error: unknown): void {
    const { onLost, patienceMs = 300_000 } = this.options;
    if (this.lostSince === undefined) {
      this.lostSince = performance.now();
      onLost?.(error instanceof Error ? error.message : String(error));
    }
    if (performance.now() - this.lostSince > patienceMs) throw error;
  }
}
