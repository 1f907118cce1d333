import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { z } from 'zod';
import type { ReleaseView } from '../../release/view.js';
import type { ServerContext } from '../context.js';
import { readRelease } from '../read-release.js';
import { ReleaseParams, releaseIdOf, releasePath } from '../release-path.js';
import { streamRoute } from '../route.js';

/** Silence for longer means a dead connection. */
const commentMs = 10_000;
/** Several changes at once are one event. */
const gatherMs = 100;

export const releaseEventRoutes = [
  streamRoute({
    method: 'get',
    path: `${releasePath}/events`,
    subject: 'releases',
    operationId: 'watchRelease',
    summary: 'A release as it changes, until it is over',
    params: ReleaseParams,
    answer: {
      type: 'text/event-stream',
      schema: z.string(),
      statuses: {
        200:
          'Server-sent events `view` with a ReleaseView each: at once, and at every change. A comment at least every 15 s, so ' +
          'that silence means a dead connection. The stream ends with the release.',
      },
    },
    problems: ['NOT_FOUND'],
    async handle({ c, context, asked }) {
      const first = await readRelease(context, releaseIdOf(asked.params));
      return streamSSE(c, (stream) => watch(context, first, stream));
    },
  }),
];

async function watch(context: ServerContext, first: ReleaseView, stream: SSEStreamingApi): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  try {
    await follow(context, first, { stream, signal: AbortSignal.any([gone.signal, context.stopping]) });
  } catch (error) {
    // The stream ends, and whoever watches reads again.
    if (!gone.signal.aborted) context.log.warn({ err: error, release: first.id }, 'a watcher was left');
  } finally {
    gone.abort();
  }
}

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
