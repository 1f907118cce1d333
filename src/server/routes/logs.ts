import { z } from 'zod';
import { TowpathError } from '../../release/towpath-error.js';
import type { ServerContext } from '../context.js';
import { releaseRow } from '../read-release.js';
import { releaseIdOf, releasePath, RunParams } from '../release-path.js';
import { streamRoute } from '../route.js';

/** How long to trust that a log did not grow. */
const rereadMs = 5000;

export const logRoutes = [
  streamRoute({
    method: 'get',
    path: `${releasePath}/runs/:channel/:run/log`,
    subject: 'runs',
    operationId: 'readLog',
    summary: 'What the program of a run printed',
    params: RunParams,
    query: z.strictObject({
      offset: z.coerce.number().int().min(0).default(0).meta({ description: 'The byte to begin with.' }),
      follow: z.enum(['true', 'false']).default('false').meta({
        description: 'true: the answer ends when the run has ended and all of it was sent.',
      }),
    }),
    answer: {
      type: 'text/plain',
      schema: z.string(),
      statuses: { 200: 'The bytes from `offset` on. A connection that breaks means that it is not whole.' },
    },
    problems: ['NOT_FOUND'],
    async handle({ c, context, asked: { params, query } }) {
      const { store, stopping } = context;
      const { channel, run } = params;
      const { id } = await releaseRow(store, releaseIdOf(params));
      const found = (await store.runs(id, channel)).find((row) => String(row.run) === run);
      if (!found) throw new TowpathError('NOT_FOUND', `release "${id}" has no run ${run} in channel "${channel}"`);
      const of = { id, channel, run: found.run, offset: query.offset, follow: query.follow === 'true' };
      c.header('content-type', 'text/plain; charset=utf-8');
      c.header('x-content-type-options', 'nosniff');
      const gone = new AbortController();
      const text = pages(context, of, AbortSignal.any([gone.signal, stopping]));
      return c.body(bodyOf(text, gone, (error) => brokenOff(context, error)));
    },
  }),
];

/** Said in our log: the status of the answer was sent long ago. */
function brokenOff({ log }: ServerContext, error: unknown): void {
  if (error instanceof TowpathError) log.warn({ code: error.code, reason: error.message }, 'a log was broken off');
  else log.error({ err: error }, 'a log was broken off');
}

/** An error, or our own end, breaks the connection: a log that ends in good order is whole, and its reader goes on here. */
function bodyOf(
  pieces: AsyncGenerator<Buffer>,
  gone: AbortController,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (!done) return controller.enqueue(new Uint8Array(value));
        controller.close();
      } catch (error) {
        if (!gone.signal.aborted) onError(error);
        controller.error(new Error('broken off'));
      }
      gone.abort();
    },
    cancel: () => gone.abort(),
  });
}

interface Reading {
  id: string;
  channel: string;
  run: number;
  offset: number;
  follow: boolean;
}

/** The log page by page; with `follow` on and on until the run has ended and all was read. */
async function* pages(
  { store }: ServerContext,
  { id, channel, run, offset, follow }: Reading,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let at = offset; !signal.aborted;) {
    // Begun before the read: what is stored meanwhile wakes too.
    const more = follow ? store.waitForLog(id, rereadMs, signal) : undefined;
    const { text, next, ended } = await store.log(id, channel, run, at);
    if (text.length > 0) yield text;
    const grew = next > at;
    at = next;
    if (ended || (!grew && !follow)) return;
    if (!grew) await more;
  }
  throw new TowpathError('NOT_RUNNING', 'the server ends, or the reader has gone');
}
