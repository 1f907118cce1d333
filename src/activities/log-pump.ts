import { log } from '@temporalio/activity';
import { orCancelled } from './clock.js';
import { codeOf, copy, firstPauseMs, type Source } from './log-copy.js';
import type { LogRead, ObservedPod } from './ports.js';

/**
 * The longest pause between two readings of a log that does not grow, after a failure and after its end. Each reading begins at
 * the first byte, because the API has no offset: they must become rare.
 */
const longestPauseMs = 60_000;
const longestAtEndMs = 600_000;
/** How long a log may be silent before its connection is doubted. An honest silence is trusted longer each time. */
const firstSilenceMs = 30_000;
const longestSilenceMs = 600_000;

/** For the last lines of a pod that is gone. */
export const lastLinesMs = 2000;

/**
 * Copies the log of one pod into the store while it grows. It never fails: after an error of the cluster or the store the
 * stored length is read again, and copying goes on from there. Each pod of a run has a pump of its own.
 */
export class LogPump {
  /** How much of the pod's log is stored, as far as it is known. */
  bytes = 0;
  /** How much was read, also what is held back until it can be told. */
  private seen = 0;
  /** What was read when the last reading came to the end. */
  private endedAt: number | undefined;
  /** True when the last reading came to the end of the log. */
  atEnd = false;
  /** Resolves when the log is being read for the first time. */
  readonly opened: Promise<void>;
  private open: () => void = () => undefined;
  private last = false;
  /** Something was read that is not stored yet: the store may be away. */
  private holds = false;
  private onStored: () => void = () => undefined;
  private readonly pausing = new AbortController();
  private readonly reading = new AbortController();
  private readonly loop: Promise<void>;
  private readonly source: Source;
  private readonly pod: ObservedPod;

  /** Begins to read after `waitMs`, unless it is ended before. */
  constructor(source: Source, pod: ObservedPod, waitMs = 0) {
    this.source = source;
    this.pod = pod;
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
    this.loop = this.run(waitMs);
  }

  /** It came to an end once, and all of it is stored: of a pod that is gone nobody can know more. */
  get hasEnded(): boolean {
    return this.atEnd || (this.endedAt === this.seen && this.bytes === this.seen);
  }

  /** Leaves at once. What was not stored yet is read again by the next attempt. */
  async stop(): Promise<void> {
    this.last = true;
    this.pausing.abort();
    this.reading.abort();
    await this.loop;
  }

  /**
   * Lets the reading that is under way come to its end, for so long at most; while what was read is not stored, for as long as
   * the store is away: nobody can read it again.
   */
  async finish(ms: number): Promise<void> {
    this.last = true;
    this.pausing.abort();
    await Promise.race([this.loop, this.source.clock.sleep(ms)]);
    if (this.holds) {
      await orCancelled(() => Promise.race([this.loop, this.stored()]));
      await Promise.race([this.loop, this.source.clock.sleep(ms)]);
    }
    await this.stop();
  }

  /** Resolves when what was read is stored. */
  private stored(): Promise<void> {
    return new Promise((resolve) => {
      this.onStored = resolve;
    });
  }

  private async run(waitMs: number): Promise<void> {
    if (waitMs > 0) await this.source.clock.sleep(waitMs, this.pausing.signal);
    let pause = firstPauseMs;
    let silence = firstSilenceMs;
    while (!this.isOver()) {
      const { read, grew } = await this.readOnce(silence);
      // The very last lines may come after the end of a log that was followed.
      if (read === 'end' && !this.atEnd) continue;
      if (this.last) return;
      pause = grew ? firstPauseMs : Math.min(2 * pause, this.atEnd ? longestAtEndMs : longestPauseMs);
      silence = grew ? firstSilenceMs : Math.min(2 * silence, longestSilenceMs);
      if (read !== 'silent') await this.source.clock.sleep(pause, this.pausing.signal);
    }
  }

  private isOver(): boolean {
    return this.reading.signal.aborted || (this.last && this.atEnd);
  }

  private async readOnce(silenceMs: number): Promise<{ read: LogRead | 'failed'; grew: boolean }> {
    const before = this.seen;
    const read = await this.readOn(silenceMs);
    const grew = this.seen > before;
    if (grew || read === 'end') this.endedAt = read === 'end' ? this.seen : undefined;
    this.atEnd = read === 'end' && !grew && this.bytes === this.seen;
    return { read, grew };
  }

  private async readOn(silenceMs: number): Promise<LogRead | 'failed'> {
    const { signal } = this.reading;
    try {
      return await copy(this.source, this.pod, {
        follow: true,
        silenceMs,
        signal,
        onOpen: this.open,
        isAll: (seen) => seen === this.endedAt,
        onSeen: (bytes) => {
          this.seen = Math.max(this.seen, bytes);
        },
        onStored: (bytes) => {
          this.bytes = bytes;
          this.holds = false;
          this.onStored();
        },
        onHeld: () => {
          this.holds = true;
        },
      });
    } catch (error) {
      if (!signal.aborted) log.debug('a log is read again', { pod: this.pod.name, code: codeOf(error) });
      return 'failed';
    }
  }
}
