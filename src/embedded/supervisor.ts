import { TowpathError } from '../release/towpath-error.js';
import type { Installation } from './installation.js';
import { partNames, type PartName } from './layout.js';
import { PartRunner, type Changes } from './part-runner.js';
import { readState, writeState, type PartState, type State } from './state.js';
import { freeLock, takeLock } from './supervisor-lock.js';

export interface SuperviseOptions {
  signal: AbortSignal;
  /** Called at each change, after it was written to `state.json`. */
  onChange?: (state: State) => void;
}

/** The last to start is the first to end; the three that know of nobody end together. */
const stopOrder: PartName[][] = [['worker'], ['server'], ['cluster', 'temporal', 'postgres']];

/** Runs an installation until `signal`: starts its parts, starts again what ends, and ends all of them. */
export async function supervise(installation: Installation, { signal, onChange }: SuperviseOptions): Promise<void> {
  const { layout } = installation;
  const lock = takeLock(layout.lock);
  if ('other' in lock)
    throw new TowpathError('NOT_ALLOWED', `towpath runs already, as process ${lock.other.pid}`, {
      hint: '`towpath status` shows it, `towpath down` ends it',
    });
  const before = readState(layout);
  const state: State = { ...installation.initial, supervisor: lock.mine };
  const save = (): void => {
    writeState(layout, state);
    onChange?.(state);
  };
  installation.onBuilt = (build) => {
    state.build = build;
    save();
  };
  const runners = installation.parts.map((part) => ({
    part,
    runner: new PartRunner({
      part,
      logFile: layout.log(part.name),
      before: before?.parts[part.name],
      signal,
      change: (changes) => {
        state.parts[part.name] = apply(state.parts[part.name], changes);
        save();
      },
    }),
  }));
  save();
  const stop = async (): Promise<void> => {
    for (const names of stopOrder)
      await Promise.all(runners.filter(({ part }) => names.includes(part.name)).map(({ runner }) => runner.stop()));
  };
  const begun = performance.now();
  try {
    await startAll(runners);
    Object.assign(state, { phase: 'ready', readyMs: Math.round(performance.now() - begun) });
    save();
    await Promise.all(runners.map(({ runner }) => runner.watch()));
    state.phase = 'stopping';
    save();
    await stop();
    state.phase = 'stopped';
  } catch (error) {
    const stopped = signal.aborted;
    state.phase = 'stopping';
    save();
    await stop();
    state.phase = stopped ? 'stopped' : 'failed';
    if (!stopped) {
      state.error = describe(error);
      throw error;
    }
  } finally {
    save();
    freeLock(layout.lock);
  }
}

/** Each part starts as soon as those it needs are usable; the first failure ends the wait. */
async function startAll(runners: { part: { name: PartName; needs: PartName[] }; runner: PartRunner }[]): Promise<void> {
  const started = new Map<PartName, Promise<void>>();
  const start = (name: PartName): Promise<void> => {
    const known = started.get(name);
    const found = runners.find(({ part }) => part.name === name);
    if (known || !found) return known ?? Promise.resolve();
    const promise = Promise.all(found.part.needs.map(start)).then(() => found.runner.start());
    started.set(name, promise);
    return promise;
  };
  await Promise.all(partNames.map(start));
}

function apply(part: PartState, changes: Changes): PartState {
  const next: Record<string, unknown> = { ...part };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return next as unknown as PartState;
}

function describe(error: unknown): NonNullable<State['error']> {
  if (!(error instanceof TowpathError)) return { code: 'INTERNAL', message: String(error) };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
