import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import { endProcess } from './end-process.js';
import { lastLines } from './log-file.js';
import type { Launch, Part } from './part.js';
import { adoptProcess, fingerprint, startProcess, type PartProcess } from './part-process.js';
import { mustBeFree } from './ports.js';
import { isAlive } from './process-id.js';
import type { PartState } from './state.js';
import { until } from './wait.js';

export interface RunnerOptions {
  part: Part;
  logFile: string;
  /** What the last supervisor knew of the part. */
  before: PartState | undefined;
  /** Stores a change of the part's state; null removes a field. */
  change: (changes: Changes) => void;
  signal: AbortSignal;
}

export type Changes = { [Key in keyof PartState]?: PartState[Key] | null };

/** Half a second, doubled at each failure in a row, at most half a minute. */
export const backoffMs = (failures: number): number => Math.min(30_000, 500 * 2 ** Math.min(failures, 10));

/** Starts one part, sees to it that it runs, and ends it. */
export class PartRunner {
  private readonly options: RunnerOptions;
  private process: PartProcess | undefined;
  private stopping = false;

  constructor(options: RunnerOptions) {
    this.options = options;
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
    const { part, logFile, change, signal } = this.options;
    await part.beforeLaunch?.();
    for (const { port, change: how } of part.ports) await mustBeFree(port, part.name, how);
    signal.throwIfAborted();
    const started = await startProcess(launch, logFile);
    this.process = started;
    const { version } = launch;
    change({
      state: 'starting',
      note: null,
      process: started.id,
      fingerprint: fingerprint(launch),
      ...(version ? { version } : {}),
    });
    const settled = async (): Promise<boolean> => !started.isAlive() || (await part.usable(started));
    const inTime = await until(settled, { timeoutMs: part.startTimeoutMs, signal });
    signal.throwIfAborted();
    if (!inTime) throw this.failure(`was not usable after ${part.startTimeoutMs / 1000} s`);
    if (!started.isAlive()) throw this.failure(`ended with ${started.howEnded()} while it started`);
    await part.afterStart?.();
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
    const { change, signal } = this.options;
    let failures = 0;
    let restarts = 0;
    let since = performance.now();
    while (!signal.aborted && !this.stopping) {
      if (this.process?.isAlive()) {
        if (performance.now() - since > 60_000) failures = 0;
        await delay(250);
        continue;
      }
      const lastError = `ended with ${this.process?.howEnded() ?? 'an unknown code'}`;
      restarts += 1;
      change({ state: 'restarting', lastError, restarts });
      await this.again(failures);
      failures += 1;
      since = performance.now();
    }
  }

  private async again(failures: number): Promise<void> {
    const { change, signal, part } = this.options;
    try {
      await delay(backoffMs(failures), undefined, { signal });
      if (!this.stopping) await this.start();
    } catch (error) {
      if (signal.aborted || this.stopping) return;
      change({ state: 'restarting', lastError: error instanceof Error ? error.message : String(error) });
      if (this.process?.isAlive()) await endProcess(this.process.id, part.stopSignal, part.stopGraceMs);
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
