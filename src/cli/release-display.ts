import type { ReleaseView } from '../release/view.js';
import type { Context } from './context.js';
import type { Screen } from './io.js';
import { changes } from './render/changes.js';
import { printable } from './render/text.js';
import { renderRelease, type RunDetail } from './render/release.js';

/** How a release is shown while it goes on. */
export interface Display {
  view(view: ReleaseView): Promise<void>;
  /** What goes on in its runs; asked for once a second. */
  details(details: RunDetail[]): void;
  /** A line that a program printed; absent where there is no place for it, or it is shown already. */
  logLine?: (channel: string, line: string) => void;
  /** Leaves what was drawn where it is, so that other lines may follow; a later view is drawn below them. */
  pause(): void;
}

/** Drawn again on a terminal, a line per change elsewhere, and as JSON a view per line. */
export function openDisplay(context: Context): Display {
  if (context.json) return jsonDisplay(context);
  return context.io.isTTY ? screenDisplay(context) : lineDisplay(context);
}

const jsonDisplay = ({ io }: Pick<Context, 'io'>): Display => ({
  view: (view) => Promise.resolve(io.out(JSON.stringify(view))),
  details: () => undefined,
  pause: () => undefined,
});

function screenDisplay({ io, now, colors }: Context): Display {
  let screen: Screen | undefined;
  let shown: ReleaseView | undefined;
  let latest: RunDetail[] = [];
  const draw = (): void => {
    if (shown) screen?.show(renderRelease(shown, { now: now(), colors, columns: io.columns, details: latest }));
  };
  return {
    view: async (view) => {
      screen ??= await io.openScreen();
      shown = view;
      draw();
    },
    details: (details) => {
      latest = details;
      draw();
    },
    pause: () => {
      screen?.done();
      screen = undefined;
    },
  };
}

function lineDisplay({ io }: Pick<Context, 'io'>): Display {
  let before: ReleaseView | undefined;
  const told = new Set<string>();
  return {
    view: (view) => {
      for (const line of changes(before, view)) io.out(line);
      before = view;
      return Promise.resolve();
    },
    details: (details) => {
      for (const { channel, run, waiting } of details) {
        const line = `${channel}: run ${run} does not start: ${waiting}`;
        if (waiting === undefined || told.has(line)) continue;
        told.add(line);
        io.out(line);
      }
    },
    logLine: (channel, line) => io.out(`${channel} | ${printable(line)}`),
    pause: () => undefined,
  };
}
