import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseView } from '../release/view.js';
import type { Api } from './api.js';
import type { Context } from './context.js';
import { exitCodeOf, isOver, type Wanted } from './exit-code.js';
import { followRelease } from './follow.js';
import { changes } from './render/changes.js';
import { renderRelease, type RunDetail } from './render/release.js';
import { hasOpenRun, readDetails } from './run-details.js';

/** How a release is shown while it goes on. */
interface Display {
  view(view: ReleaseView): void;
  details(details: RunDetail[]): void;
  done(): void;
}

/** Shows a release until no channel goes on by itself, and answers the exit code. A wait for a person is no end. */
export async function watchRelease(context: Context, api: Api, id: string): Promise<number> {
  const display = await openDisplay(context);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const current: { view?: ReleaseView } = {};
  const details = keepDetails(api, { id, current, display, signal });
  try {
    for await (const view of followRelease(api, id, {
      signal,
      onLost: (why) => context.io.err(`${why}; trying again`),
    })) {
      current.view = view;
      display.view(view);
      if (isOver(view)) return exitCodeOf(view, { successOnReplaced: true } satisfies Wanted) ?? 1;
    }
    return 1;
  } finally {
    stop.abort();
    await details;
    display.done();
  }
}

async function openDisplay(context: Context): Promise<Display> {
  const { io, json, colors, now } = context;
  if (json) return { view: (view) => io.out(JSON.stringify(view)), details: () => undefined, done: () => undefined };
  if (!io.isTTY) return plainDisplay(context);
  const screen = await io.openScreen();
  let shown: ReleaseView | undefined;
  let latest: RunDetail[] = [];
  const draw = (): void => {
    if (shown) screen.show(renderRelease(shown, { now: now(), colors, columns: io.columns, details: latest }));
  };
  return {
    view: (view) => {
      shown = view;
      draw();
    },
    details: (details) => {
      latest = details;
      draw();
    },
    done: () => {
      draw();
      screen.done();
    },
  };
}

/** A line per change, and one when a pod does not start. */
export function plainDisplay({ io }: Pick<Context, 'io'>): Display {
  let before: ReleaseView | undefined;
  const told = new Set<string>();
  return {
    view: (view) => {
      for (const line of changes(before, view)) io.out(line);
      before = view;
    },
    details: (details) => {
      for (const { channel, run, waiting } of details) {
        const line = `${channel}: run ${run} does not start: ${waiting}`;
        if (waiting === undefined || told.has(line)) continue;
        told.add(line);
        io.out(line);
      }
    },
    done: () => undefined,
  };
}

interface Details {
  id: string;
  current: { view?: ReleaseView };
  display: Display;
  signal: AbortSignal;
}

/** Once a second while something runs. What cannot be read now is read the next time: the views are what counts. */
async function keepDetails(api: Api, { id, current, display, signal }: Details): Promise<void> {
  while (!signal.aborted) {
    try {
      const details = current.view && hasOpenRun(current.view) ? await readDetails(api, id, signal) : [];
      if (!signal.aborted) display.details(details);
      await delay(1000, undefined, { signal });
    } catch {
      if (!signal.aborted) await delay(1000);
    }
  }
}
