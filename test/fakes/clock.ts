import type { Clock } from '../../src/activities/clock.js';

interface Sleeper {
  due: number;
  wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private at = Date.parse('2026-01-01T00:00:00.000Z');
  private readonly sleepers = new Set<Sleeper>();

  now(): number {
    return this.at;
  }

  iso(): string {
    return new Date(this.at).toISOString();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { due: this.at + ms, wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Moves on, from one sleeper's time to the next; between them everything that needs no time goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.at + ms;
    await settle();
    for (;;) {
      const [first] = [...this.sleepers].sort((a, b) => a.due - b.due);
      if (!first || first.due > end) break;
      this.at = Math.max(this.at, first.due);
      first.wake();
      await settle();
    }
    this.at = end;
    await settle();
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
