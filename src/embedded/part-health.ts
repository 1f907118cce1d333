import { boundLog } from './log-file.js';
import type { Part } from './part.js';
import type { PartProcess } from './part-process.js';
import { isStopped } from './process-id.js';
import type { Changes } from './part-runner.js';

export interface HealthOptions {
  part: Part;
  logFile: string;
  change: (changes: Changes) => void;
}

/** A look that a busy machine spoils is no news. */
const enough = 2;
const everyMs = 2000;

/**
 * Looks at a running part now and then: whether it does its work, and how large its log is. One that is silent is said to be,
 * and left alone: what is only slow, or stopped by somebody, would lose its work.
 */
export class PartHealth {
  private readonly options: HealthOptions;
  private looking = false;
  private failures = 0;
  private next = 0;

  constructor(options: HealthOptions) {
    this.options = options;
  }

  /** Begins to look when it is time; `of` must still be the part's process when the answer comes. */
  look(of: PartProcess, isCurrent: () => boolean): void {
    if (this.looking || performance.now() < this.next) return;
    this.looking = true;
    const asked = this.ask(of, isCurrent).catch((error: unknown) => {
      if (isCurrent()) this.options.change({ note: `cannot be looked at: ${String(error)}` });
    });
    void asked.finally(() => {
      this.looking = false;
      this.next = performance.now() + everyMs;
    });
  }

  /** A part that was started again begins as healthy. */
  forget(): void {
    this.failures = 0;
  }

  private async ask({ id }: PartProcess, isCurrent: () => boolean): Promise<void> {
    const { part, logFile, change } = this.options;
    boundLog(logFile);
    const stopped = isStopped(id);
    const answers = !stopped && (await part.usable({ log: () => '', adopted: true }));
    if (!isCurrent()) return;
    const before = this.failures;
    this.failures = answers ? 0 : before + 1;
    if (answers && before >= enough) change({ state: 'ready', note: null });
    if (this.failures !== enough) return;
    const since = new Date().toTimeString().slice(0, 8);
    const why = stopped ? `its process is stopped: \`kill -CONT ${id.pid}\` lets it go on` : 'its process runs';
    change({ state: 'silent', note: `does not answer since ${since}; ${why}` });
  }
}
