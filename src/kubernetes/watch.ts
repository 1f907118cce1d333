import { setTimeout as delay } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Changes, Seen } from '../activities/ports.js';
import { linked } from './abort.js';
import type { Api } from './api.js';
import { observePod } from './status.js';
import { openStream } from './stream.js';

/** How long a watch is kept open; the API server ends it, and we do when it does not. */
const watchSeconds = 60;
const headersMs = 15_000;
/** A watch that ends at once, again and again, must not make its reader busy: it wakes later each time. */
const shortMs = 5_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Of pods whose program has ended; an idempotent run may have several, one after the other. */
const mostKept = 16;

interface Watched {
  namespace: string;
  name: string;
  uid: string;
}

/**
 * Two watches, on the Job and on its pods: what keeps a pod from starting shows in the pod alone. They only wake the
 * reader: a watch may go silent or lie (docs/architecture.md, jobs), so they never fail, and whatever ends one wakes too.
 */
export function watchJob(api: Api, { namespace, name, uid }: Watched): Changes {
  const wake = new Wake();
  const over = new Map<string, V1Pod>();
  const job = new Ear(api, () => wake.now(), {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    select: { fieldSelector: `metadata.name=${name}` },
  });
  const pods = new Ear(
    api,
    (object) => {
      keepEnded(over, object);
      wake.now();
    },
    {
      path: `/api/v1/namespaces/${namespace}/pods`,
      select: { labelSelector: `batch.kubernetes.io/controller-uid=${uid}` },
    },
  );
  return {
    next(seen: Seen, waitMs: number, signal: AbortSignal) {
      job.listenFrom(seen.job);
      pods.listenFrom(seen.pods);
      return wake.within(waitMs, signal);
    },
    ended: (mainContainer) =>
      [...over.values()]
        .map((pod) => observePod(pod, mainContainer))
        .filter(({ main }) => main?.exitCode !== undefined)
        .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
        .at(-1),
    close() {
      job.close();
      pods.close();
    },
  };
}

/** A pod's last state comes with the event of its deletion too. */
function keepEnded(over: Map<string, V1Pod>, object: unknown): void {
  const pod = object as V1Pod | undefined;
  const uid = pod?.metadata?.uid;
  if (uid === undefined || !pod?.status?.containerStatuses?.some(({ state }) => state?.terminated)) return;
  if (over.size < mostKept || over.has(uid)) over.set(uid, pod);
}

/** Remembers that something happened until somebody waits for it. */
class Wake {
  private pending = false;
  private waiting: (() => void) | undefined;

  now(): void {
    this.pending = true;
    this.waiting?.();
  }

  async within(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.pending && !signal.aborted) {
      const { controller, unlink } = linked(signal);
      this.waiting = () => controller.abort();
      await delay(ms, undefined, { signal: controller.signal }).catch(() => undefined);
      this.waiting = undefined;
      unlink();
    }
    this.pending = false;
  }
}

/** One watch, opened again when it is asked for after it has ended. */
class Ear {
  private open: AbortController | undefined;
  private short = 0;
  private readonly api: Api;
  private readonly heard: (object?: unknown) => void;
  private readonly of: { path: string; select: Record<string, string> };

  constructor(api: Api, heard: (object?: unknown) => void, of: { path: string; select: Record<string, string> }) {
    this.api = api;
    this.heard = heard;
    this.of = of;
  }

  listenFrom(resourceVersion: string): void {
    if (this.open) return;
    const mine = new AbortController();
    this.open = mine;
    void this.listen(resourceVersion, mine.signal).then(() => {
      if (mine.signal.aborted) return;
      this.open = undefined;
      this.heard();
    });
  }

  close(): void {
    this.open?.abort();
  }

  /** Never rejects. Returns some time after the watch has ended. */
  private async listen(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { controller, unlink } = linked(signal);
    const tooLong = setTimeout(() => controller.abort(), (watchSeconds + 15) * 1000);
    const since = performance.now();
    // Whatever ends a watch, the re-read that follows meets it too, and says what it is.
    await this.hear(resourceVersion, controller.signal).catch(() => undefined);
    clearTimeout(tooLong);
    unlink();
    controller.abort();
    this.short = performance.now() - since < shortMs ? this.short + 1 : 0;
    const pause = Math.min(firstPauseMs * 2 ** this.short, longestPauseMs);
    await delay(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }

  /** Wakes at every event but a bookmark; ends with the watch. */
  private async hear(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { path, select } = this.of;
    const bounds = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(watchSeconds) };
    const query = { ...select, ...bounds, resourceVersion };
    const answer = await openStream(this.api, { path, query, headersMs, signal });
    let rest = '';
    for await (const piece of answer.setEncoding('utf8')) {
      const lines = (rest + String(piece)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { type, object } = eventIn(line);
        if (type === 'ERROR') return;
        if (type !== 'BOOKMARK') this.heard(object);
      }
    }
  }
}

/** A line that is no JSON may hide an event. */
function eventIn(line: string): { type?: unknown; object?: unknown } {
  try {
    return (JSON.parse(line) as { type?: unknown; object?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
