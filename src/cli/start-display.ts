import { partNames, type PartName } from '../embedded/layout.js';
import type { PartState, State } from '../embedded/state.js';
import type { Context } from './context.js';
import { renderParts } from './render/parts.js';
import { duration } from './render/time.js';

export interface StartDisplay {
  show(state: State): void;
  /** Leaves the last picture where it is. */
  done(): void;
}

/** Shows the parts while they start: drawn again on a terminal, elsewhere a line per change, as messages. */
export async function openStartDisplay({ io, json, colors, now }: Context): Promise<StartDisplay> {
  if (!io.isTTY || json) return lineDisplay({ io, now });
  const screen = await io.openScreen();
  return { show: (state) => screen.show(renderParts(state, colors)), done: () => screen.done() };
}

/** A note that changes every second is worth a line now and then. */
const noteEveryMs = 20_000;

interface Told {
  state: PartState['state'];
  note: string | undefined;
  at: number;
}

/** A line per change. `known` is what was shown already in another way. */
export function lineDisplay({ io, now }: Pick<Context, 'io' | 'now'>, known?: State): StartDisplay {
  const told = new Map<PartName, Told>();
  if (known) for (const name of partNames) told.set(name, { ...known.parts[name], note: undefined, at: 0 });
  return {
    show: ({ parts }) => {
      for (const name of partNames) {
        const { state, note } = parts[name];
        const line = { state, note, at: now().getTime() };
        if (!isNews(told.get(name), line)) continue;
        told.set(name, line);
        if (state !== 'waiting' && state !== 'given') io.err(`${name}: ${state}${remark(parts[name])}`);
      }
    },
    done: () => undefined,
  };
}

const isNews = (before: Told | undefined, { state, note, at }: Told): boolean =>
  before?.state !== state || (note !== undefined && note !== before.note && at - before.at >= noteEveryMs);

function remark({ state, note, tookMs, lastError }: PartState): string {
  if (note !== undefined) return ` (${note})`;
  if (state === 'ready' && tookMs !== undefined) return ` (after ${duration(tookMs)})`;
  return state === 'restarting' && lastError !== undefined ? ` (${lastError})` : '';
}
