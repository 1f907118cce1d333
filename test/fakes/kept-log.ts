import type { ServerStore } from '../../src/server/ports.js';
import { gapText, window } from '../../src/store/log-cap.js';

/** The stored log of one run in memory, read as the store reads it. */
export class KeptLog {
  private bytes: Buffer;
  private ended = false;
  private wake: () => void = () => undefined;
  private changed = this.nextChange();

  constructor(text: Buffer | string = '') {
    this.bytes = Buffer.from(text);
  }

  get length(): number {
    return this.bytes.length;
  }

  grow(text: Buffer | string): void {
    this.bytes = Buffer.concat([this.bytes, Buffer.from(text)]);
    this.tell();
  }

  end(): void {
    this.ended = true;
    this.tell();
  }

  readonly log: ServerStore['log'] = (_, { offset, until }) => {
    const { length } = this;
    const { from, to } = window(offset, length, until);
    const gap = from > offset ? gapText(from - offset, length) : '';
    const text = Buffer.concat([Buffer.from(gap), this.bytes.subarray(from, to)]);
    return Promise.resolve({ text, next: to, length, ended: this.ended && to >= length });
  };

  readonly waitForLog: ServerStore['waitForLog'] = () => this.changed;

  private tell(): void {
    this.wake();
    this.changed = this.nextChange();
  }

  private nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
