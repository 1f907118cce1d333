import { setTimeout as delay } from 'node:timers/promises';

/** Asks every `everyMs` until the answer is true; false when `timeoutMs` has passed or `signal` says stop. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 50, signal }: { timeoutMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (signal?.aborted || performance.now() > deadline) return false;
    await delay(everyMs);
  }
}
