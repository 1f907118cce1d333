import { stream } from 'hono/streaming';
import { TowpathError } from '../../release/towpath-error.js';
import type { AddRoutes } from '../add-routes.js';
import type { ServerContext } from '../context.js';
import { releaseIdOf, releasePath } from '../release-path.js';

/** How long to trust that a log did not grow. */
const rereadMs = 5000;

export const logRoutes: AddRoutes = (app, context) => {
  app.get(`${releasePath}/runs/:channel/:run/log`, async (c) => {
    const { store, stopping } = context;
    const id = releaseIdOf(c);
    const { channel, run } = c.req.param();
    const found = (await store.runs(id, channel)).find((row) => String(row.run) === run);
    if (!found) throw new TowpathError('NOT_FOUND', `release "${id}" has no run ${run} in channel "${channel}"`);
    const offset = Math.max(0, Math.floor(Number(c.req.query('offset') ?? 0)) || 0);
    const of = { id, channel, run: found.run, offset, follow: c.req.query('follow') === 'true' };
    c.header('content-type', 'text/plain; charset=utf-8');
    c.header('x-content-type-options', 'nosniff');
    return stream(c, async (answer) => {
      const gone = new AbortController();
      answer.onAbort(() => gone.abort());
      try {
        for await (const text of pages(context, of, AbortSignal.any([gone.signal, stopping]))) await answer.write(text);
      } finally {
        gone.abort();
      }
    });
  });
};

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
}
