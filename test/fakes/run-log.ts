const mebibyte = 1024 * 1024;
/** The first MiB and the last nine are kept (docs/spec.md §7.10). */
const kept = 10 * mebibyte;

/** The log of a run in memory. */
export class RunLog {
  private bytes: Buffer = Buffer.alloc(0);

  get length(): number {
    return this.bytes.length;
  }

  text(): string {
    return this.bytes.toString();
  }

  append(offset: number, text: Buffer): number {
    if (offset === this.bytes.length) this.bytes = Buffer.concat([this.bytes, text]);
    return this.bytes.length;
  }

  tail(lines: number, maxBytes: number): { tail: string[]; bytes: number; truncated: boolean } {
    const text = whole(this.bytes.subarray(Math.max(0, this.bytes.length - maxBytes)));
    const all = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    return { tail: all.slice(-lines), bytes: this.length, truncated: this.length > kept };
  }
}

/** Without the half characters at both ends. */
function whole(bytes: Buffer): string {
  let from = 0;
  while (from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return new TextDecoder('utf-8').decode(bytes.subarray(from), { stream: true });
}
