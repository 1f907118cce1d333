import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseView } from '../release/view.js';
import type { Api } from './api.js';
import type { Context } from './context.js';
import { exitCodeOf, isOver } from './exit-code.js';
import { followRelease } from './follow.js';
import { LogLines } from './log-lines.js';
import { openDisplay, type Display } from './release-display.js';
import { readDetails } from './run-details.js';

/** Shows a release until no channel goes on by itself, and answers the exit code. A wait for a person is no end. */
export async function watchRelease(
  context: Context,
  api: Api,
  { id, logs = false }: { id: string; logs?: boolean },
): Promise<number> {
  const display = openDisplay(context);
  const view = await watchUntil(context, api, { id, display, enough: isOver, logs });
  return exitCodeOf(view, { successOnReplaced: true }) ?? 1;
}

export interface Watching {
  id: string;
  display: Display;
  enough: (view: ReleaseView) => boolean;
  /** Every line of the logs, where the display has a place for them. */
  logs?: boolean;
}

/** Shows a release until its view is `enough`, and answers that view. */
export async function watchUntil(context: Context, api: Api, watching: Watching): Promise<ReleaseView> {
  const { id, display, enough } = watching;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const current: { view?: ReleaseView } = {};
  const { logLine } = display;
  const logs = watching.logs && logLine ? new LogLines({ api, signal, tell: logLine }) : undefined;
  const details = keepDetails(api, { current, display, signal, pollMs: context.pollMs, logs });
  const onLost = (why: string): void => {
    // A message below a picture that is drawn again would be drawn over.
    display.pause();
    context.io.err(`${why}; trying again`);
  };
  try {
    for await (const view of followRelease(api, id, { signal, pollMs: context.pollMs, onLost })) {
      current.view = view;
      // What a program printed comes before what came of it.
      await logs?.read(view).catch((error: unknown) => lostLog(context, id, error));
      await display.view(view);
      if (enough(view)) return view;
    }
    throw new Error('the views of a release ended');
  } finally {
    stop.abort();
    await details;
    display.pause();
  }
}

function lostLog({ io, signal }: Context, id: string, error: unknown): void {
  signal.throwIfAborted();
  const why = error instanceof Error ? error.message : String(error);
  io.err(`a part of the log could not be read (${why}); all of it: towpath releases logs ${id}`);
}

interface Details {
  current: { view?: ReleaseView };
  display: Display;
  signal: AbortSignal;
  pollMs: number;
  logs: LogLines | undefined;
}

/** Again and again while something runs. What cannot be read now is read the next time: the views are what counts. */
async function keepDetails(api: Api, { current, display, signal, pollMs, logs }: Details): Promise<void> {
  while (!signal.aborted) {
    try {
      const details = current.view ? await readDetails(api, current.view, signal) : [];
      if (!signal.aborted) display.details(details);
      if (current.view) await logs?.read(current.view);
      await delay(pollMs, undefined, { signal });
    } catch {
      if (!signal.aborted) await delay(pollMs);
    }
  }
}
