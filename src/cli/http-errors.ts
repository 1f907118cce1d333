import { TowpathError } from '../release/towpath-error.js';
import type { Problem } from '../server/api.js';
import { IssuesError } from './issues-error.js';

/** What `fetch` threw, by its fields: it may come from another realm than ours, where `instanceof` says no. */
interface Thrown {
  name?: unknown;
  cause?: unknown;
}

const fieldsOf = (error: unknown): Thrown => (typeof error === 'object' && error !== null ? error : {});

export const isTimeout = (error: unknown): boolean => fieldsOf(error).name === 'TimeoutError';

/** `fetch` failed on the way, or the answer broke off: not a mistake of the caller. */
export function isNetwork(error: unknown): boolean {
  const { name, cause } = fieldsOf(error);
  return isTimeout(error) || (name === 'TypeError' && cause !== undefined);
}

export const isRefused = (error: unknown): boolean => codeOf(error) === 'ECONNREFUSED';

/** `ECONNREFUSED` and its like, from within the error of `fetch`. */
function codeOf(error: unknown): string | undefined {
  const { cause } = fieldsOf(error);
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return String(cause.code);
}

/** A server that does not answer, in words. */
export function unreachable(url: string, error: unknown): TowpathError {
  if (isTimeout(error))
    return new TowpathError('NOT_RUNNING', `the server at ${url} did not answer in time`, { cause: error });
  const code = codeOf(error);
  const why = code === undefined || code === 'ECONNREFUSED' ? '' : ` (${code})`;
  return new TowpathError('NOT_RUNNING', `no Towpath server answers at ${url}${why}`, {
    hint: '`towpath up` starts one here, `towpath status` says what runs; --server names another',
    cause: error,
  });
}

/** What a server refused: its own words, when it is ours. */
export function refusal(url: string, answer: Response, body: string): TowpathError {
  const problem = tryJson(body);
  if (isProblem(problem)) return new IssuesError(problem);
  return notOurs(url, `answered ${answer.status}`);
}

/** The JSON of an answer. */
export function parseAnswer(url: string, answer: Response, body: string): unknown {
  const value = tryJson(body);
  if (value !== undefined) return value;
  throw notOurs(url, `answered ${answer.status} with something that is not JSON`);
}

const notOurs = (url: string, what: string): TowpathError =>
  new TowpathError('NOT_RUNNING', `${url} ${what}: it is not a Towpath server, or not of this version`, {
    hint: 'check --server, TOWPATH_SERVER and what stands between',
  });

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  'detail' in value &&
  typeof value.detail === 'string';
