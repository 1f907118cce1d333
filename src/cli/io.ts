/** Where a command writes and whom it may ask. Passed in, so that a test reads what a person would see. */
export interface Io {
  /** One line of the answer, to stdout. */
  out(line: string): void;
  /** One line of a message, to stderr. */
  err(line: string): void;
  /** True when a person sits at a terminal: stdin and stdout both are one. */
  isTTY: boolean;
  /** The answer without its line end; an empty text when stdin ends. */
  ask(question: string): Promise<string>;
}

/** The streams of this process. */
export const processIo = (): Io => ({
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  isTTY: process.stdin.isTTY === true && process.stdout.isTTY === true,
  async ask(question) {
    const { createInterface } = await import('node:readline/promises');
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    try {
      return await Promise.race([prompt.question(question), closed]);
    } finally {
      prompt.close();
    }
  },
});
