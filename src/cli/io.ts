import { stripVTControlCharacters } from 'node:util';

/** Where a command writes and whom it may ask. Passed in, so that a test reads what a person would see. */
export interface Io {
  /** One line of the answer, to stdout. */
  out(line: string): void;
  /** One line of a message, to stderr. */
  err(line: string): void;
  /** Bytes of the answer as they are; resolves when the reader has taken them. */
  write(bytes: Uint8Array): Promise<void>;
  /** True when stdout is a terminal: colours, and text that is drawn again. */
  isTTY: boolean;
  /** True when there is somebody to answer a question. */
  canAsk: boolean;
  /** Width of the terminal; 100 where there is none. */
  columns: number;
  /** The answer without its line end; undefined when stdin ends, or at Ctrl-C. */
  ask(question: string): Promise<string | undefined>;
  /** A place on the terminal that is drawn again and again. Only where `isTTY`. */
  openScreen(): Promise<Screen>;
}

export interface Screen {
  show(text: string): void;
  /** Leaves what was shown last where it is. */
  done(): void;
}

/** The streams of this process. */
export const processIo = (): Io => ({
  out: (line) => void process.stdout.write(`${line}\n`),
  // Whether there are colours is decided by stdout; a table above a question may go to a file all the same.
  err: (line) => void process.stderr.write(`${process.stderr.isTTY ? line : stripVTControlCharacters(line)}\n`),
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    }),
  isTTY: process.stdout.isTTY === true,
  canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  // Asked for anew each time: a terminal can be resized.
  get columns() {
    return process.stdout.columns ?? 100;
  },
  ask,
  async openScreen() {
    const { createLogUpdate } = await import('log-update');
    const draw = createLogUpdate(process.stdout);
    return { show: (text) => draw(text), done: () => draw.done() };
  },
});

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([prompt.question(question), closed]);
  } finally {
    prompt.close();
  }
}
