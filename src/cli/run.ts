import type { Io } from './io.js';
import { runProgram } from './program.js';
import { showError, wantsJson } from './show-error.js';

/** What a command may touch of this process. */
export interface Deps {
  io: Io;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Set when a person presses Ctrl-C. */
  signal: AbortSignal;
  now: () => Date;
  /** How often is asked for what nobody tells by itself. */
  pollMs: number;
}

/** Runs one command line and answers its exit code (docs/spec.md §11.3). Never throws. */
export async function main(argv: readonly string[], deps: Deps): Promise<number> {
  try {
    return await runProgram(argv, deps);
  } catch (error) {
    if (deps.signal.aborted) return 130;
    showError(error, deps, wantsJson(argv));
    return 1;
  }
}
