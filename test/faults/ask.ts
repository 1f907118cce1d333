import { setTimeout as delay } from 'node:timers/promises';

/** Answers the body of the answer; a refusal that is meant is an error. */
export type Ask = <Answer>(path: string, body?: unknown) => Promise<Answer>;

const attemptMs = 6000;
const patienceMs = 240_000;

/** Asks until there is an answer, as a CI job does: every request of the API may be repeated. */
export function createAsk(url: string, token: string): Ask {
  return async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const { answer, refused } = await attempt(`${url}${path}`, token, body);
      if (answer !== undefined) return answer as Answer;
      if (Date.now() > deadline) throw new Error(`${path} was asked for ${patienceMs / 1000} s: ${refused}`);
      await delay(200);
    }
  };
}

async function attempt(url: string, token: string, body: unknown): Promise<{ answer?: unknown; refused?: string }> {
  let status: number;
  let text: string;
  try {
    const got = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(attemptMs),
    });
    ({ status } = got);
    text = await got.text();
  } catch (error) {
    // Any failure of the way there: it is asked again.
    return { refused: String(error) };
  }
  if (status < 400) return { answer: url.endsWith('/log') ? text : (JSON.parse(text) as unknown) };
  if (status >= 500 || status === 429) return { refused: `${status} ${text}` };
  throw new Error(`${url} was refused: ${status} ${text}`);
}
