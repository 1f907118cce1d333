import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { layout } from '../../src/embedded/layout.js';
import { readState, type State } from '../../src/embedded/state.js';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface BuiltTowpath {
  /** Runs `bin/towpath`, as it was built. */
  start: (...args: string[]) => { child: ChildProcess; ended: Promise<Ended> };
  run: (...args: string[]) => Promise<Ended>;
  state: () => State;
  /** Ends everything and forgets it. */
  remove: () => Promise<void>;
}

/** The built command on a home of its own: everything it starts is real. */
export function builtTowpath(): BuiltTowpath {
  const home = mkdtempSync(path.join(tmpdir(), 'tp-built-'));
  const env = {
    ...process.env,
    TOWPATH_HOME: home,
    TOWPATH_CACHE: path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache'),
    TOWPATH_LISTEN: '127.0.0.1:0',
  };
  const start: BuiltTowpath['start'] = (...args) => {
    const command = [path.resolve('bin', 'towpath'), ...args];
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
    return { child, ended };
  };
  const run: BuiltTowpath['run'] = (...args) => start(...args).ended;
  return {
    start,
    run,
    state: () => readState(layout(home)) as State,
    remove: async () => {
      await run('down', '--force');
      rmSync(home, { recursive: true, force: true });
    },
  };
}
