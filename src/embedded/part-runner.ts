import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import { lackOfRoom } from './disk-room.js';
import { endProcess } from './end-process.js';
import { lastLines } from './log-file.js';
import type { Launch, Part } from './part.js';
import { PartHealth } from './part-health.js';
import { adoptProcess, fingerprint, holdProcess, type HeldProcess, type PartProcess } from './part-process.js';
import { mustBeFree } from './ports.js';
import { isAlive } from './process-id.js';
import type { PartState } from './state.js';
import { until } from './wait.js';

export interface RunnerOptions {
  part: Part;
  logFile: string;
  /** What the last supervisor knew of the part. */
  before: PartState | undefined;
  /** Stores a change of the part's state; null removes a field. False when it could not be written. */
  change: (changes: Changes) => boolean;
  signal: AbortSignal;
}

export type Changes = { [Key in keyof PartState]?: PartState[Key] | null };

/** Half a second, doubled at each failure in a row, at most half a minute. */
export const backoffMs = (failures: number): number => Math.min(30_000, 500 * 2 ** Math.min(failures, 10));

/** Starts one part, sees to it that it runs, and ends it. */
export class PartRunner {
  private readonly options: RunnerOptions;
  private process: PartProcess | undefined;
  private readonly health: PartHealth;
  private stopping = false;
  private restarts = 0;
  /** Attempts in a row, and since when the process runs. */
  private failures = 0;
  private since = performance.now();

  constructor(options: RunnerOptions) {
    this.options = options;
    this.health = new PartHealth(options);
  }

  /** Resolves when the part is usable; throws PART_FAILED, PART_MISSING or PORT_TAKEN. */
  async start(): Promise<void> {
    const { part, change, signal, before } = this.options;
    const begun = performance.now();
    change({ state: 'preparing', note: null });
    const launch = await part.prepare({ report: (note) => change({ note }), signal });
    signal.throwIfAborted();
    if (!(await this.adopt(launch))) {
      if (before?.process && !this.process) await endProcess(before.process, part.stopSignal, part.stopGraceMs);
      await this.launch(launch);
    }
    const tookMs = this.process?.adopted ? 0 : Math.round(performance.now() - begun);
    change({ state: 'ready', note: this.process?.adopted ? 'ran already' : null, tookMs });
  }

  /** Takes over a process that an earlier supervisor left, if it is what we would start and it works. */
  private async adopt(launch: Launch): Promise<boolean> {
    const { part, before, change } = this.options;
    const id = before?.process;
    if (this.process || !id || !isAlive(id) || before.fingerprint !== fingerprint(launch)) return false;
    const found = adoptProcess(id);
    if (!(await until(() => part.usable(found), { timeoutMs: 3000 }))) return false;
    this.process = found;
    change({ process: id, fingerprint: fingerprint(launch), ...(launch.version ? { version: launch.version } : {}) });
    return true;
  }

  private async launch(launch: Launch): Promise<void> {
    const { part, logFile, signal } = this.options;
    await part.beforeLaunch?.();
    for (const { port, change: how } of part.ports) await mustBeFree(port, part.name, how);
    signal.throwIfAborted();
    const started = await holdProcess(launch, logFile);
    this.writeDown(started, launch);
    this.process = started;
    started.go();
    const settled = async (): Promise<boolean> => !started.isAlive() || (await part.usable(started));
    const inTime = await until(settled, { timeoutMs: part.startTimeoutMs, signal });
    signal.throwIfAborted();
    if (!inTime) throw this.failure(`was not usable after ${part.startTimeoutMs / 1000} s`);
    if (!started.isAlive()) throw this.failure(`ended with ${started.howEnded()} while it started`);
    await part.afterStart?.();
  }

  /** A process that the next supervisor would not know must not run. */
  private writeDown(held: HeldProcess, launch: Launch): void {
    const { version } = launch;
    const written = this.options.change({
      state: 'starting',
      note: null,
      process: held.id,
      fingerprint: fingerprint(launch),
      ...(version ? { version } : {}),
    });
    if (written) return;
    held.giveUp();
    const { name } = this.options.part;
    throw new TowpathError('PART_FAILED', `${name} was not started: its process cannot be written down`, {
      hint: 'see that TOWPATH_HOME can be written, and that its disk has room',
    });
  }

  private failure(what: string): TowpathError {
    const { part, logFile } = this.options;
    const tail = lastLines(this.process?.log() ?? '', 8);
    return new TowpathError('PART_FAILED', `${part.name} ${what}${tail === '' ? '' : `; it said:\n${tail}`}`, {
      hint: `its log is ${logFile}`,
    });
  }

  /** Until `stop`: starts the part again whenever it ends. */
  async watch(): Promise<void> {
    while (this.goesOn()) {
      const { process: current } = this;
      if (current?.isAlive()) {
        if (performance.now() - this.since > 60_000) this.failures = 0;
        this.health.look(current, () => this.process === current && current.isAlive() && this.goesOn());
        await delay(250);
        continue;
      }
      this.options.change({ restarts: ++this.restarts });
      await this.bringBack(`ended with ${current?.howEnded() ?? 'an unknown code'}`);
    }
  }

  private goesOn(): boolean {
    return !this.options.signal.aborted && !this.stopping;
  }

  /** Tries to start the part until it is usable, each time later than before. */
  private async bringBack(why: string): Promise<void> {
    const { change, signal } = this.options;
    for (let lastError: string | undefined = why; lastError !== undefined;) {
      const waitMs = backoffMs(this.failures);
      const at = new Date(Date.now() + waitMs).toTimeString().slice(0, 8);
      change({ state: 'restarting', lastError, note: `${lastError}; again at ${at}` });
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (!this.goesOn()) return;
      this.failures += 1;
      await this.untilRoom();
      if (!this.goesOn()) return;
      lastError = await this.again();
    }
    this.since = performance.now();
    this.health.forget();
  }

  /** On a full disk a part would end again and again: what is asked for again is the room, not the part. */
  private async untilRoom(): Promise<void> {
    const { change, signal, logFile } = this.options;
    const lack = (): string | undefined => lackOfRoom(path.dirname(logFile));
    const found = lack();
    if (found === undefined) return;
    change({ note: `${found}; it is started when there is room` });
    await until(() => lack() === undefined, { timeoutMs: Infinity, everyMs: 1000, signal });
  }

  /** Undefined when it is usable again; otherwise why it could not be started, in one line. */
  private async again(): Promise<string | undefined> {
    const { change, part } = this.options;
    const before = this.process;
    try {
      await this.start();
      change({ restartedAt: new Date().toISOString() });
      return undefined;
    } catch (error) {
      if (!this.goesOn()) return undefined;
      if (this.process?.isAlive()) await endProcess(this.process.id, part.stopSignal, part.stopGraceMs);
      if (this.process !== before) change({ restarts: ++this.restarts });
      return oneLine(error instanceof Error ? error.message : String(error));
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { part, change } = this.options;
    if (this.process) {
      const how = await endProcess(this.process.id, part.stopSignal, part.stopGraceMs);
      change({ note: how === 'killed' ? `did not end within ${part.stopGraceMs / 1000} s and was killed` : null });
    }
    change({ state: 'stopped', process: null });
  }
}

/** The first line, and the last of what the part itself said. */
function oneLine(message: string): string {
  const [first = '', ...said] = message.split('\n');
  return said.length === 0 ? first : `${first} ${said.at(-1)}`;
}
