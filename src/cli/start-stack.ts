import { tokenFile } from '../config/token.js';
import { startDetached, untilReady } from '../embedded/detached.js';
import { layout } from '../embedded/layout.js';
import { isSupervised, readState, type Given, type State } from '../embedded/state.js';
import { until } from '../embedded/wait.js';
import { supervise } from '../embedded/supervisor.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Context } from './context.js';
import { buildLine, whereLines } from './render/parts.js';
import { lineDisplay, openStartDisplay } from './start-display.js';

export interface Started {
  state: State;
  /** False when it ran before. */
  now: boolean;
}

/** Makes the installation run in the background, and waits until it is usable. One that runs already is taken as it is. */
export async function startStack(context: Context, given: Given): Promise<Started> {
  const { home, env, signal } = context;
  await untilStopped(home, signal);
  const running = runningState(home, given);
  if (running?.phase === 'ready') return { state: running, now: false };
  const display = await openStartDisplay(context);
  const onChange = (state: State): void => display.show(state);
  try {
    const background = running ? undefined : await startDetached({ home, env, given });
    const state = await untilReady(home, { signal, onChange, ...(background ? { background } : {}) });
    return { state, now: true };
  } finally {
    display.done();
  }
}

/** One that is ending just now is out of the way in a moment. */
async function untilStopped(home: string, signal: AbortSignal): Promise<void> {
  const state = readState(layout(home));
  if (state?.phase === 'stopping') await until(() => !isSupervised(state), { timeoutMs: 90_000, signal });
}

/** The state of what runs, if it is what is wanted now. */
export function runningState(home: string, given: Given): State | undefined {
  const state = readState(layout(home));
  if (!isSupervised(state) || state.phase === 'stopping') return undefined;
  const other = Object.entries(given).find(([key, value]) => (state.given[key as keyof Given] ?? 'embedded') !== value);
  if (!other) return state;
  throw new TowpathError('NOT_ALLOWED', 'towpath runs already, with other parts than these flags ask for', {
    hint: '`towpath down` first',
  });
}

/** Runs the installation in this process until Ctrl-C. */
export async function runStack(context: Context, given: Given): Promise<void> {
  const { home, env, signal, io } = context;
  let display = await openStartDisplay(context);
  let told = false;
  signal.addEventListener('abort', () => io.err('ending everything (Ctrl-C again leaves it running)'), { once: true });
  await supervise({
    home,
    env,
    given,
    signal,
    onChange: (state) => {
      display.show(state);
      if (state.phase !== 'ready' || told) return;
      told = true;
      display.done();
      showStarted(context, state);
      // What happens from now on is told below, line by line.
      display = lineDisplay(context, state);
      io.err('Ctrl-C ends it');
    },
  }).finally(() => display.done());
}

/** Where everything is, what it took, and what people should know of it. */
export function showStarted(context: Context, state: State, { now } = { now: true }): void {
  const { io, home, json } = context;
  if (json)
    return io.out(JSON.stringify({ server: state.server, temporalUi: state.temporalUi, readyMs: state.readyMs }));
  io.out('everything runs');
  for (const line of whereLines(state, tokenFile(home))) io.out(`  ${line}`);
  if (!now) return;
  if (state.readyMs !== undefined) io.out(buildLine(state, state.readyMs - (state.build?.wallMs ?? 0)));
  if (state.parts.cluster.state !== 'given')
    io.err('note: the programs of Jobs run as processes of this machine, with the rights of whoever started towpath');
}
