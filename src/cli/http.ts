import { setTimeout as delay } from 'node:timers/promises';
import type { Issue } from '../config/documents.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Problem } from '../server/api.js';
import type { Server } from './connection.js';

export interface HttpOptions extends Server {
  /** Who asks, where the server believes it (embedded mode). */
  as?: string;
  signal: AbortSignal;
}

export interface Ask {
  method?: 'GET' | 'POST';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  accept?: string;
  /** For the whole answer; for a stream until its first byte. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A refusal of the server, with the issues that explain one about configuration. */
export class ApiError extends TowpathError {
  readonly issues: readonly Issue[];

  constructor({ code, detail, hint, issues = [] }: Problem) {
    super(code, detail, hint === undefined ? {} : { hint });
    this.issues = issues;
  }
}

export interface Http {
  json<Answer>(ask: Ask): Promise<Answer>;
  /** The answer when its head has come; its body is the caller's to read. */
  open(ask: Ask): Promise<Response>;
}

const tries = 3;

/**
 * Speaks to the server. Every request of this API may be repeated: reads by nature, `releases` by its key, decisions by
 * their request id, configs because equal ones change nothing. So one that was lost is asked again.
 */
export function createHttp(options: HttpOptions): Http {
  return {
    async json<Answer>(ask: Ask): Promise<Answer> {
      const { answer, body } = await persist(options, ask, async () => {
        const got = await send(options, ask, AbortSignal.timeout(ask.timeoutMs ?? 30_000));
        return { answer: got, body: await got.text() };
      });
      if (!answer.ok) throw refusal(options.url, answer, body);
      // The two ends are of one version of the API, so the shape is not checked again.
      return parse(options.url, answer, body) as Answer;
    },
    async open(ask) {
      const answer = await persist(options, ask, () => sendInTime(options, ask));
      if (answer.ok) return answer;
      throw refusal(options.url, answer, await answer.text());
    },
  };
}

/** The head must come in time; the body may take as long as it likes. */
async function sendInTime(options: HttpOptions, ask: Ask): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer', 'TimeoutError')), ask.timeoutMs ?? 30_000);
  try {
    return await send(options, ask, late.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function persist<T extends Response | { answer: Response }>(
  { url, signal, patienceMs }: HttpOptions,
  ask: Ask,
  attempt: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  for (let count = 1; ; count += 1) {
    try {
      const got = await attempt();
      const { status } = got instanceof Response ? got : got.answer;
      if (count >= tries || ![502, 503, 504].includes(status)) return got;
    } catch (error) {
      signal.throwIfAborted();
      ask.signal?.throwIfAborted();
      const refused = codeOf(error) === 'ECONNREFUSED';
      const over = refused ? performance.now() - begun >= patienceMs : count >= tries || isTimeout(error);
      if (over) throw unreachable(url, error);
    }
    await delay(Math.min(200 * count, 1000), undefined, { signal });
  }
}

function send(options: HttpOptions, ask: Ask, timeout: AbortSignal): Promise<Response> {
  const { url, signal } = options;
  const target = new URL(`${url}${ask.path}`);
  for (const [name, value] of Object.entries(ask.query ?? {}))
    if (value !== undefined) target.searchParams.set(name, String(value));
  return fetch(target, {
    method: ask.method ?? 'GET',
    headers: headersOf(options, ask),
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    // A token goes to the server that it is for, and nowhere else.
    redirect: 'manual',
    signal: AbortSignal.any([signal, timeout, ...(ask.signal ? [ask.signal] : [])]),
  });
}

const headersOf = ({ token, as }: HttpOptions, { accept, body }: Ask): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  accept: accept ?? 'application/json',
  ...(as === undefined ? {} : { 'towpath-as': as }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
});

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

/** `ECONNREFUSED` and its like, from within the error of `fetch`. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return String(cause.code);
}

function unreachable(url: string, error: unknown): TowpathError {
  if (isTimeout(error))
    return new TowpathError('NOT_RUNNING', `the server at ${url} did not answer in time`, { cause: error });
  const code = codeOf(error);
  const why = code === undefined || code === 'ECONNREFUSED' ? '' : ` (${code})`;
  return new TowpathError('NOT_RUNNING', `no Towpath server answers at ${url}${why}`, {
    hint: '`towpath up` starts one here, `towpath status` says what runs; --server names another',
    cause: error,
  });
}

function refusal(url: string, answer: Response, body: string): TowpathError {
  const problem = tryJson(body);
  if (isProblem(problem)) return new ApiError(problem);
  return notOurs(url, `answered ${answer.status}`);
}

function parse(url: string, answer: Response, body: string): unknown {
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
