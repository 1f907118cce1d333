import type { FramedResult, LogPart, LogState, LogTail } from '../../src/activities/ports.js';
import { given } from '../../src/release/given.js';

const mebibyte = 1024 * 1024;
/** The first MiB and the last nine are kept (docs/spec.md §7.10). */
const kept = 10 * mebibyte;

/** The log of a run in memory. */
export class RunLog {
  private bytes: Buffer = Buffer.alloc(0);

  private received = 0;
  private readonly pods: string[] = [];
  private framed: FramedResult | undefined;
  /** Large results, by digest. */
  readonly large = new Map<string, Buffer>();

  text(): string {
    return this.bytes.toString();
  }

  state(pod: string): LogState {
    const lineStart = this.bytes.length === 0 || this.bytes.at(-1) === 0x0a;
    if (!this.goesOn(pod)) return { received: 0, lineStart, replaces: true };
    return given({ received: this.received, lineStart, framed: this.framed });
  }

  private goesOn(pod: string): boolean {
    return this.pods.length === 0 || this.pods.at(-1) === pod;
  }

  private begin(pod: string): void {
    if (this.pods.at(-1) === pod) return;
    if (this.pods.length > 0) {
      this.received = 0;
      this.framed = undefined;
    }
    this.pods.push(pod);
  }

  append({ pod, offset, received, text, framed, large }: LogPart): number {
    const same = this.goesOn(pod);
    if (!same && this.pods.includes(pod)) return offset + received;
    const before = same ? this.received : 0;
    if (offset !== before || received === 0) return before;
    this.begin(pod);
    this.bytes = Buffer.concat([this.bytes, text]);
    this.received += received;
    this.framed = framed ?? this.framed;
    if (large && framed && 'largeResult' in framed) this.large.set(framed.largeResult.digest, large);
    return this.received;
  }

  tail(lines: number, maxBytes: number): LogTail {
    const { length } = this.bytes;
    const text = whole(this.bytes.subarray(Math.max(0, length - maxBytes)));
    const all = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    return given({ tail: all.slice(-lines), bytes: length, truncated: length > kept, framed: this.framed });
  }
}

/** Without the half characters at both ends. */
function whole(bytes: Buffer): string {
  let from = 0;
  while (from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return new TextDecoder('utf-8').decode(bytes.subarray(from), { stream: true });
}
