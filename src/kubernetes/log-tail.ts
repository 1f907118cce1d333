/**
 * What a kubelet writes in place of the log, or behind it, after it has answered 200: the container runtime is away, or has
 * lost the log (kubernetes/kubernetes#142258). It ends without a newline.
 */
const messages = [
  'unable to retrieve container logs for ',
  'rpc error: code = ',
  'failed to open log file ',
  'failed to create fsnotify watcher',
  'failed to read the log: ',
].map((text) => Buffer.from(text));

/** A line that is shorter may be anything. */
const tellsFrom = 8;
/** More than a message has. */
const longest = 4096;

/** The line of a log that has no end yet, by its begin: a program's, or the message of a kubelet. */
export class LogTail {
  private begin = Buffer.alloc(0);
  private length = 0;

  push(piece: Buffer): void {
    const newline = piece.lastIndexOf('\n');
    const rest = piece.subarray(newline + 1);
    const before = newline < 0 ? this.begin : Buffer.alloc(0);
    this.length = (newline < 0 ? this.length : 0) + rest.length;
    this.begin = Buffer.concat([before, rest.subarray(0, 64 - before.length)]);
  }

  /** It is one, as far as it goes. */
  isMessage(): boolean {
    return this.length <= longest && messages.some((message) => startsWith(this.begin, message));
  }

  /** It is one, or may become one. */
  mayBeMessage(): boolean {
    return (
      this.isMessage() || (this.length >= tellsFrom && messages.some((message) => startsWith(message, this.begin)))
    );
  }
}

const startsWith = (text: Buffer, begin: Buffer): boolean => text.subarray(0, begin.length).equals(begin);
