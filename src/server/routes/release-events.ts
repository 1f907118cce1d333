import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { ReleaseView } from '../../release/view.js';
import type { AddRoutes } from '../add-routes.js';
import type { ServerContext } from '../context.js';
import { readRelease } from '../read-release.js';
import { releaseIdOf, releasePath } from '../release-path.js';

/** Silence for longer means a dead connection. */
const commentMs = 10_000;
/** Several changes at once are one event. */
const gatherMs = 100;

export const releaseEventRoutes: AddRoutes = (app, context) => {
  app.get(`${releasePath}/events`, async (c) => {
    const id = releaseIdOf(c);
    const first = await readRelease(context, id);
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      try {
        await follow(context, first, { stream, signal: AbortSignal.any([gone.signal, context.stopping]) });
      } catch (error) {
        // The stream ends, and whoever watches reads again.
        if (!gone.signal.aborted) context.log.warn({ err: error, release: id }, 'a watcher was left');
      } finally {
        gone.abort();
      }
    });
  });
};

interface Following {
  stream: SSEStreamingApi;
  signal: AbortSignal;
}

/** The view at once and at every change, until the release is over. A notification is a hint: the read is the truth. */
async function follow(context: ServerContext, first: ReleaseView, { stream, signal }: Following): Promise<void> {
  let sent = '';
  // What changed since the first read: read again at once.
  let changed: Promise<void> = Promise.resolve();
  for (let view = first; ;) {
    const data = JSON.stringify(view);
    if (data === sent) await stream.write(': nothing new\n\n');
    else await stream.writeSSE({ event: 'view', id: String(view.sequence), data });
    sent = data;
    if (view.endedAt !== undefined) return;
    await changed;
    await stream.sleep(gatherMs);
    if (signal.aborted) return;
    // Waiting begins before the read, so that a change during the read is not missed.
    changed = context.store.waitForChange(view.id, commentMs, signal);
    const next = await readRelease(context, view.id);
    view = next.sequence >= view.sequence ? next : view;
  }
}
