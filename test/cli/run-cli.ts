import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/run.js';

export interface RunOptions {
  /** Files of the working directory, by path. */
  files?: Record<string, string>;
  /** Where the server is; its token is `the-token`. */
  server?: string;
  env?: NodeJS.ProcessEnv;
  /** Answers to questions; the run is at a terminal when given. */
  answers?: (string | undefined)[];
  isTTY?: boolean;
  /** Width of the terminal; 100 unless given. */
  columns?: number;
  signal?: AbortSignal;
}

export interface Ran {
  exitCode: number;
  /** Lines, or for a command that copies bytes these. */
  stdout: string;
  stderr: string;
  /** What was drawn on the terminal, one after the other. */
  screens: string[];
  questions: string[];
  cwd: string;
}

/** Runs one command line as a person would, in a folder of its own, and answers what that person would see. */
export async function runCli(args: string[], options: RunOptions = {}): Promise<Ran> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'towpath-cli-'));
  try {
    for (const [file, text] of Object.entries(options.files ?? {})) {
      mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
      writeFileSync(path.join(cwd, file), text);
    }
    const seen = { out: [] as string[], err: [] as string[], bytes: [] as Uint8Array[], screens: [] as string[] };
    const questions: string[] = [];
    const exitCode = await main(args, {
      io: fakeIo(seen, questions, options),
      env: { TOWPATH_HOME: path.join(cwd, 'home'), ...serverEnv(options.server), ...options.env },
      cwd,
      signal: options.signal ?? new AbortController().signal,
      now: () => new Date('2026-03-01T12:00:00Z'),
      pollMs: 20,
    });
    const stdout = seen.bytes.length > 0 ? Buffer.concat(seen.bytes).toString() : seen.out.join('\n');
    return { exitCode, stdout, stderr: seen.err.join('\n'), screens: seen.screens, questions, cwd };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const serverEnv = (server: string | undefined): NodeJS.ProcessEnv =>
  server === undefined ? {} : { TOWPATH_SERVER: server, TOWPATH_TOKEN: 'the-token' };

interface Seen {
  out: string[];
  err: string[];
  bytes: Uint8Array[];
  screens: string[];
}

function fakeIo(seen: Seen, questions: string[], { answers, isTTY = false, columns = 100 }: RunOptions): Io {
  const left = [...(answers ?? [])];
  return {
    out: (line) => void seen.out.push(line),
    err: (line) => void seen.err.push(line),
    write: (bytes) => Promise.resolve(void seen.bytes.push(bytes)),
    isTTY,
    canAsk: answers !== undefined,
    columns,
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(left.shift());
    },
    openScreen: () => Promise.resolve({ show: (text) => void seen.screens.push(text), done: () => undefined }),
  };
}
