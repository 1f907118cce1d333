import { setTimeout as delay } from 'node:timers/promises';
import type { RunRef } from '../release/steps.js';
import type { StoredLog } from './job-end.js';
import type { JobGateway, RunStore } from './ports.js';

/** Lines and bytes of the log that travel with a result; the store has all of it. */
const tailLines = 200;
const tailBytes = 16 * 1024;

interface Source {
  store: RunStore;
  gateway: JobGateway;
  ref: RunRef;
}

/**
 * Copies the log of one pod into the store while it grows. It never fails: an error of the cluster or the store means to
 * read the stored length again and go on from there. Ends when the container ended, or when stopped.
 */
export function startPump(source: Source, pod: string): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const read = await copy(source, pod, { follow: true, signal: stopping.signal }).catch(() => 'none' as const);
      if (read === 'read') await nap(1000, stopping.signal);
      else await nap(500, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

const nap = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined);

/** Thrown into the reader when another writer was faster: start again from the stored length. */
class Overtaken extends Error {}

/** Reads from the stored length on, to the end (or on and on with `follow`). */
export async function copy(
  { store, gateway, ref }: Source,
  pod: string,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): Promise<'read' | 'none'> {
  let offset = await store.logLength(ref.key);
  return gateway.readLog(ref.namespace, pod, ref.mainContainer, {
    offset,
    follow,
    signal,
    async onText(text) {
      const length = await store.appendLog(ref.key, offset, text);
      offset += text.length;
      if (length !== offset) throw new Overtaken('another worker stored this part of the log');
    },
  });
}

/**
 * Stores what is left of the log and answers its end. A log that cannot be read is a warning and never fails a release;
 * a store that is away is waited for: nothing may be deleted before the log is stored (docs/spec.md §7.10).
 */
export async function drain(source: Source, pod: string | undefined, signal: AbortSignal): Promise<StoredLog> {
  const warnings: string[] = [];
  for (let tries = 1; pod !== undefined; tries++) {
    const read = await copy(source, pod, { follow: false, signal }).catch((error: unknown) => error);
    if (read === 'read') break;
    const lasting = tries >= 10 && !isStoreAway(read);
    if (lasting || read === 'none') {
      warnings.push('the log of the pod could not be read');
      break;
    }
    signal.throwIfAborted();
    await nap(Math.min(500 * tries, 5000), signal);
  }
  const stored = await source.store.logTail(source.ref.key, tailLines, tailBytes);
  return { ...stored, warnings };
}

const isStoreAway = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'STORE_UNREACHABLE';
