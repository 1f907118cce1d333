import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from './connection.js';
import { isNetwork, isRefused, isTimeout, parseAnswer, refusal, unreachable } from './http-errors.js';

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

export interface Http {
  json<Answer>(ask: Ask): Promise<Answer>;
  /** The answer when its head has come; its body is the caller's to read. */
  open(ask: Ask): Promise<Response>;
}

const tries = 3;

/**
 * Speaks to the server. Every request of this API may be repeated: reads by nature, `releases` by its key, decisions by
 * their request id, configs because equal ones change nothing and `force` names a version. So one that was lost is asked again.
 */
export function createHttp(options: HttpOptions): Http {
  return {
    async json<Answer>(ask: Ask): Promise<Answer> {
      const { answer, body } = await persist(options, ask, () =>
        inTime(ask, async (late) => {
          const got = await send(options, ask, late);
          return { answer: got, body: await got.text() };
        }),
      );
      if (!answer.ok) throw refusal(options.url, answer, body);
      // The two ends are of one version of the API, so the shape is not checked again.
      return parseAnswer(options.url, answer, body) as Answer;
    },
    async open(ask) {
      const answer = await persist(options, ask, () => inTime(ask, (late) => send(options, ask, late)));
      if (answer.ok) return answer;
      throw refusal(options.url, answer, await answer.text());
    },
  };
}

/**
 * Work that must be done in time. The controller is held by its timer: an `AbortSignal.timeout` that only `AbortSignal.any`
 * knows of is collected (Node 20), and then it never fires.
 */
async function inTime<T>({ timeoutMs = 30_000 }: Ask, work: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers of something between us and the server, or of one that cannot just now. */
const passing = [502, 503, 504];

async function persist<T extends Response | { answer: Response }>(
  { url, signal, patienceMs }: HttpOptions,
  ask: Ask,
  attempt: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let count = 1; ; count += 1) {
    try {
      const got = await attempt();
      const { status } = 'answer' in got ? got.answer : got;
      if (count >= tries || !passing.includes(status)) return got;
    } catch (error) {
      signal.throwIfAborted();
      ask.signal?.throwIfAborted();
      if (!isNetwork(error)) throw error;
      if (!mayRepeat(error, { count, deadline })) throw unreachable(url, error);
    }
    await delay(Math.min(200 * count, 1000), undefined, { signal });
  }
}

/** Who refuses connections may be starting just now; who does not answer in time was asked long enough. */
function mayRepeat(error: unknown, { count, deadline }: { count: number; deadline: number }): boolean {
  if (isRefused(error)) return performance.now() < deadline;
  return count < tries && !isTimeout(error);
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
