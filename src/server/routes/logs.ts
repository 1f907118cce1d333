import { z } from 'zod';
import { logNextHeader } from '../../release/log-positions.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { ServerContext } from '../context.js';
import type { RunOf, ServerStore } from '../ports.js';
import { releaseRow } from '../read-release.js';
import { releaseIdOf, releasePath, RunParams } from '../release-path.js';
import { streamRoute } from '../route.js';

const description = `Positions count all that was printed. Of more than 10 MiB the middle is not kept: a line says so in its place, and the bytes
of an answer are then not the positions that it went over. So whoever reads on takes the position from the header
\`${logNextHeader}\`; adding up bytes would answer the end of the log again and again.`;

/** How long to trust that a log did not grow. */
const rereadMs = 5000;

export const logRoutes = [
  streamRoute({
    method: 'get',
    path: `${releasePath}/runs/:channel/:run/log`,
    subject: 'runs',
    operationId: 'readLog',
    summary: 'What the program of a run printed',
    description,
    params: RunParams,
    query: z.strictObject({
      offset: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .meta({
          description: `The position to begin with. To go on, ask with the one that \`${logNextHeader}\` told.`,
        }),
      follow: z.enum(['true', 'false']).default('false').meta({
        description:
          'true: the answer goes on as the log grows, and ends when the run has ended and all of it was sent.',
      }),
    }),
    answer: {
      type: 'text/plain',
      schema: z.string(),
      statuses: {
        200: 'What is kept from `offset` on, as far as it is stored when the request begins. A connection that breaks means that it is not whole.',
      },
      headers: z.object({
        [logNextHeader]: z.int().min(0).exactOptional().meta({
          description:
            'The position at which this answer ends, and the `offset` that goes on behind it. Absent with `follow`, whose end is not known.',
        }),
      }),
    },
    problems: ['NOT_FOUND'],
    async handle({ c, context, asked: { params, query } }) {
      const { store, stopping } = context;
      const { channel, run } = params;
      const { id } = await releaseRow(store, releaseIdOf(params));
      const found = (await store.runs(id, channel)).find((row) => String(row.run) === run);
      if (!found) throw new TowpathError('NOT_FOUND', `release "${id}" has no run ${run} in channel "${channel}"`);
      const gone = new AbortController();
      const reading = {
        store,
        of: { id, channel, run: found.run },
        offset: query.offset,
        signal: AbortSignal.any([gone.signal, stopping]),
      };
      const { text, end } = query.follow === 'true' ? { text: growing(reading) } : await stored(reading);
      c.header('content-type', 'text/plain; charset=utf-8');
      c.header('x-content-type-options', 'nosniff');
      if (end !== undefined) c.header(logNextHeader, String(end));
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
  store: ServerStore;
  of: RunOf;
  offset: number;
  signal: AbortSignal;
}

/** What is stored by now, and where that ends: told before its first byte is sent, since a gap makes its bytes no measure. */
async function stored({ store, of, offset, signal }: Reading): Promise<{ text: AsyncGenerator<Buffer>; end: number }> {
  const first = await store.log(of, { offset });
  const end = Math.max(offset, first.length);
  async function* pages(): AsyncGenerator<Buffer> {
    for (let page = first; ; page = await store.log(of, { offset: page.next, until: end })) {
      if (page.text.length > 0) yield page.text;
      if (page.ended || page.next >= end) return;
      if (signal.aborted) throw brokenBy();
    }
  }
  return { text: pages(), end };
}

/** On and on until the run has ended and all was read. */
async function* growing({ store, of, offset, signal }: Reading): AsyncGenerator<Buffer> {
  for (let at = offset; !signal.aborted;) {
    // Begun before the read: what is stored meanwhile wakes too.
    const more = store.waitForLog(of.id, rereadMs, signal);
    const { text, next, ended } = await store.log(of, { offset: at });
    if (text.length > 0) yield text;
    if (ended) return;
    if (next <= at) await more;
    at = next;
  }
  throw brokenBy();
}

const brokenBy = (): TowpathError => new TowpathError('NOT_RUNNING', 'the server ends, or the reader has gone');
