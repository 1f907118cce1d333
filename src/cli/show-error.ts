import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Issue } from '../config/documents.js';
import { homeDir } from '../config/home.js';
import { showIssue } from '../config/show-issue.js';
import { layout } from '../embedded/layout.js';
import { TowpathError, type Place } from '../release/towpath-error.js';
import type { Problem } from '../server/api.js';
import { IssuesError } from './issues-error.js';
import type { Deps } from './run.js';

/** What is said of an error: the fields of the API's problem that need no server, and the place in a file. */
interface Said extends Pick<Problem, 'code' | 'detail' | 'hint'> {
  issues?: readonly Issue[];
  at?: Place;
}

/**
 * Says on stderr what went wrong and what to do, as text or as one line of JSON, which is the last one. A bug gets an
 * apology there, and its stack in a file.
 */
export function showError(error: unknown, deps: Deps, json: boolean): void {
  const { io, env } = deps;
  const debug = env['TOWPATH_DEBUG'] === '1';
  const said = error instanceof TowpathError ? understood(error) : apology(error, deps, debug);
  const lines = json ? [] : inWords(said);
  if (debug) lines.push(stackOf(error));
  if (json) lines.push(JSON.stringify(said));
  for (const line of lines) io.err(line);
}

/**
 * True when the words of a command line ask for JSON, the last of them counting. Read from the words themselves, since
 * a command line that was not understood has no options.
 */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const formats = words.flatMap((word, i) => {
    if (word === '-f' || word === '--format') return [words[i + 1]];
    const [, format] = /^(?:--format=|-f)(.*)$/.exec(word) ?? [];
    return format === undefined ? [] : [format];
  });
  return formats.at(-1) === 'json';
}

const understood = (error: TowpathError): Said => ({
  code: error.code,
  detail: error.message,
  ...(error.hint === undefined ? {} : { hint: error.hint }),
  ...(error instanceof IssuesError && error.issues.length > 0 ? { issues: error.issues } : {}),
  ...(error.at ? { at: error.at } : {}),
});

function apology(error: unknown, { env, now }: Deps, debug: boolean): Said {
  const first = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const said: Said = { code: 'INTERNAL', detail: `this should not happen, and is a bug of towpath: ${first}` };
  if (debug) return said;
  const file = path.join(layout(homeDir(env)).logs, 'cli.log');
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, `${now().toISOString()} ${stackOf(error)}\n`, { mode: 0o600 });
    return { ...said, hint: `the details are in ${file}` };
  } catch (reason) {
    const lost = `the details could not be written to ${file} (${String(reason)})`;
    return { ...said, hint: `${lost}: set TOWPATH_DEBUG=1 to see them` };
  }
}

/** The issues, then `error CODE: message`, then the hint. */
function inWords({ code, detail, hint, issues = [], at }: Said): string[] {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  const advice = hint === undefined ? [] : [`  ${hint}`];
  return [...issues.map((issue) => showIssue(issue)), `${place}error ${code}: ${detail}`, ...advice];
}

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};
