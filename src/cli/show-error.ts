import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { homeDir } from '../config/home.js';
import { showIssue } from '../config/show-issue.js';
import { layout } from '../embedded/layout.js';
import { TowpathError } from '../release/towpath-error.js';
import { ApiError } from './http-errors.js';
import type { Deps } from './run.js';

/** `error CODE: message` and what to do, on stderr. A bug gets an apology there, and its stack in a file. */
export function showError(error: unknown, { io, env, now }: Deps): void {
  if (!(error instanceof TowpathError)) return apologise(error, { io, env, now });
  if (error instanceof ApiError) for (const issue of error.issues) io.err(showIssue(issue));
  const place = error.at ? `${error.at.file}:${error.at.line}:${error.at.column}: ` : '';
  io.err(`${place}error ${error.code}: ${error.message}`);
  if (error.hint !== undefined) io.err(`  ${error.hint}`);
  if (env['TOWPATH_DEBUG'] === '1') io.err(stackOf(error));
}

function apologise(error: unknown, { io, env, now }: Pick<Deps, 'io' | 'env' | 'now'>): void {
  const first = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  io.err(`error INTERNAL: this should not happen, and is a bug of towpath: ${first}`);
  if (env['TOWPATH_DEBUG'] === '1') return io.err(stackOf(error));
  const file = path.join(layout(homeDir(env)).logs, 'cli.log');
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, `${now().toISOString()} ${stackOf(error)}\n`, { mode: 0o600 });
    io.err(`  the details are in ${file}`);
  } catch (reason) {
    io.err(`  the details could not be written to ${file} (${String(reason)}): set TOWPATH_DEBUG=1 to see them`);
  }
}

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};
