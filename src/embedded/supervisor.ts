import { TowpathError } from '../release/towpath-error.js';
import { mustHaveRoom } from './disk-room.js';
import { planInstallation, type Installation } from './installation.js';
import { layout as layoutOf, partNames, type PartName } from './layout.js';
import { PartRunner, type Changes } from './part-runner.js';
import type { ProcessId } from './process-id.js';
import { readState, writeState, type Given, type PartState, type State } from './state.js';
import { endParts, stopOrder } from './stop.js';
import { freeLock, takeLock } from './supervisor-lock.js';

export interface SuperviseOptions {
  home: string;
  env: NodeJS.ProcessEnv;
  /** What to use instead of embedded parts, as flags say it. */
  given: Given;
  /** Ends everything. */
  signal: AbortSignal;
  /** Called at each change, after it was written to `state.json`. */
  onChange?: (state: State) => void;
}

/** Runs an installation until `signal`: starts its parts, starts again what ends, and ends all of them. */
export async function supervise({ home, env, given, signal, onChange }: SuperviseOptions): Promise<void> {
  const layout = layoutOf(home);
  mustHaveRoom(home);
  const lock = takeLock(layout.lock);
  if ('other' in lock)
    throw new TowpathError('NOT_ALLOWED', `towpath runs already, as process ${lock.other.pid}`, {
      hint: '`towpath status` shows it, `towpath down` ends it',
    });
  try {
    // Ports and settings are read under the lock: of two that begin at once only one may choose.
    const installation = await planInstallation(home, env, given);
    const before = readState(layout);
    const supervision = new Supervision(installation, {
      mine: lock.mine,
      before,
      onChange: onChange ?? (() => undefined),
    });
    await supervision.run(signal);
  } finally {
    freeLock(layout.lock, lock.mine);
  }
}

/** How long until a state that could not be written is tried again. */
const unwrittenMs = 5000;

/** What the file system answers: no space, quota, read only. */
const isSystemError = (error: unknown): boolean => typeof error === 'object' && error !== null && 'syscall' in error;

interface Beginning {
  mine: ProcessId;
  /** What the last supervisor left. */
  before: State | undefined;
  onChange: (state: State) => void;
}

interface Runner {
  name: PartName;
  needs: PartName[];
  runner: PartRunner;
}

/** One run of an installation, from its first process to its last. */
export class Supervision {
  private readonly installation: Installation;
  private readonly before: State | undefined;
  private readonly onChange: (state: State) => void;
  private readonly state: State;
  private readonly stopping = new AbortController();
  private readonly runners: Runner[];
  private unwritten: NodeJS.Timeout | undefined;

  constructor(installation: Installation, { mine, before, onChange }: Beginning) {
    this.installation = installation;
    this.before = before;
    this.onChange = onChange;
    this.state = { ...installation.initial, supervisor: mine };
    installation.onBuilt = (build) => this.change({ build });
    this.runners = installation.parts.map((part) => ({
      name: part.name,
      needs: part.needs,
      runner: new PartRunner({
        part,
        logFile: installation.layout.log(part.name),
        before: before?.parts[part.name],
        signal: this.stopping.signal,
        change: (changes) => this.changePart(part.name, changes),
      }),
    }));
  }

  /** Until `signal`; throws why it could not begin, after it has ended what had begun. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.stopping.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const begun = performance.now();
    let failure: unknown;
    try {
      this.change({});
      await this.endForgotten();
      await this.startAll();
      this.change({ phase: 'ready', readyMs: Math.round(performance.now() - begun) });
      await Promise.all(this.runners.map(({ runner }) => runner.watch()));
    } catch (error) {
      if (!signal.aborted) failure = error;
      stop();
    }
    this.change({ phase: 'stopping' });
    await this.stopAll();
    if (failure === undefined) this.change({ phase: 'stopped' });
    else this.change({ phase: 'failed', error: describe(failure) });
    clearTimeout(this.unwritten);
    if (failure !== undefined) throw failure;
  }

  /** Parts that an earlier supervisor left running and that are now given from elsewhere. */
  private async endForgotten(): Promise<void> {
    const ours = this.runners.map(({ name }) => name);
    if (this.before) await endParts(this.before, (name) => !ours.includes(name));
  }

  /** Each part starts as soon as those it needs are usable; the first failure ends what the others do. */
  private async startAll(): Promise<void> {
    const started = new Map<PartName, Promise<void>>();
    const start = (name: PartName): Promise<void> => {
      const known = started.get(name);
      const found = this.runners.find((each) => each.name === name);
      if (known || !found) return known ?? Promise.resolve();
      const promise = Promise.all(found.needs.map(start)).then(() => found.runner.start());
      started.set(name, promise);
      return promise;
    };
    const all = partNames.map(start);
    try {
      await Promise.all(all);
    } catch (error) {
      this.stopping.abort();
      await Promise.allSettled(all);
      throw error;
    }
  }

  private async stopAll(): Promise<void> {
    for (const names of stopOrder)
      await Promise.all(this.runners.filter(({ name }) => names.includes(name)).map(({ runner }) => runner.stop()));
  }

  /** False when the state could not be written, on a full disk for instance: the parts go on, and it is tried again. */
  private change(changes: Partial<State>): boolean {
    Object.assign(this.state, changes);
    const written = this.write();
    if (!written) this.unwritten = setTimeout(() => this.change({}), unwrittenMs).unref();
    this.onChange(this.state);
    return written;
  }

  private write(): boolean {
    clearTimeout(this.unwritten);
    try {
      writeState(this.installation.layout, this.state);
      return true;
    } catch (error) {
      if (isSystemError(error)) return false;
      throw error;
    }
  }

  private changePart(name: PartName, changes: Changes): boolean {
    return this.change({ parts: { ...this.state.parts, [name]: applied(this.state.parts[name], changes) } });
  }
}

function applied(part: PartState, changes: Changes): PartState {
  const kept = Object.entries({ ...part, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as unknown as PartState;
}

function describe(error: unknown): NonNullable<State['error']> {
  if (!(error instanceof TowpathError)) return { code: 'INTERNAL', message: String(error) };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
