import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseView } from '../release/view.js';
import type { Api } from './api.js';
import type { Context } from './context.js';
import { exitCodeOf, isOver } from './exit-code.js';
import { followRelease } from './follow.js';
import { openDisplay, type Display } from './release-display.js';
import { readDetails } from './run-details.js';

/** Shows a release until no channel goes on by itself, and answers the exit code. A wait for a person is no end. */
export async function watchRelease(context: Context, api: Api, id: string): Promise<number> {
  const display = openDisplay(context);
  const view = await watchUntil(context, api, { id, display, enough: isOver });
  return exitCodeOf(view, { successOnReplaced: true }) ?? 1;
}

export interface Watching {
  id: string;
  display: Display;
  enough: (view: ReleaseView) => boolean;
}

/** Shows a release until its view is `enough`, and answers that view. */
export async function watchUntil(context: Context, api: Api, { id, display, enough }: Watching): Promise<ReleaseView> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const current: { view?: ReleaseView } = {};
  const details = keepDetails(api, { current, display, signal, pollMs: context.pollMs });
  const onLost = (why: string): void => context.io.err(`${why}; trying again`);
  try {
    for await (const view of followRelease(api, id, { signal, pollMs: context.pollMs, onLost })) {
      current.view = view;
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

interface Details {
  current: { view?: ReleaseView };
  display: Display;
  signal: AbortSignal;
  pollMs: number;
}

/** Again and again while something runs. What cannot be read now is read the next time: the views are what counts. */
async function keepDetails(api: Api, { current, display, signal, pollMs }: Details): Promise<void> {
  while (!signal.aborted) {
    try {
      const details = current.view ? await readDetails(api, current.view, signal) : [];
      if (!signal.aborted) display.details(details);
      await delay(pollMs, undefined, { signal });
    } catch {
      if (!signal.aborted) await delay(pollMs);
    }
  }
}
