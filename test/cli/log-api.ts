import { createApi, type Api } from '../../src/cli/api.js';
import type { KeptLog } from '../fakes/kept-log.js';
import { serveLog } from '../server/serve-log.js';

interface LogAsked {
  offset: number;
  follow: boolean;
}

export interface LogApi {
  api: Api;
  /** What was asked for, in its order. */
  asked: LogAsked[];
}

/** A client of the API that serves this log; `answered` may change each of its answers. */
export function logApi(
  log: KeptLog,
  answered: (answer: Response, nth: number) => Response = (answer) => answer,
): LogApi {
  const ask = serveLog(log);
  const asked: LogAsked[] = [];
  const api = createApi({
    json: ({ path }) => Promise.reject(new Error(`${path} was asked for`)),
    open: async ({ query: { offset, follow } = {} }) => {
      asked.push({ offset: Number(offset), follow: follow === true });
      const answer = await ask(`offset=${Number(offset)}${follow === true ? '&follow=true' : ''}`);
      return answered(answer, asked.length);
    },
  });
  return { api, asked };
}

/** The answer up to that byte, where its connection breaks. */
export function brokenAfter(answer: Response, bytes: number): Response {
  let left = bytes;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) throw new TypeError('terminated');
    },
  });
  return new Response(answer.body?.pipeThrough(cut) ?? null, answer);
}
