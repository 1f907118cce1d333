import { setTimeout as delay } from 'node:timers/promises';
import { head, tail } from '../release/log-positions.js';
import { TowpathError } from '../release/towpath-error.js';
import { logNext, type Api, type RunRef } from './api.js';
import type { Context } from './context.js';

/** Copies a run's log to stdout as it is. A connection that breaks is taken up again where it broke. */
export async function copyLog(
  { io, signal, pollMs }: Pick<Context, 'io' | 'signal' | 'pollMs'>,
  api: Api,
  { follow, ...run }: RunRef & { follow: boolean },
): Promise<void> {
  const copy = new LogCopy(io, (offset, follows) => api.log(run, { offset, follow: follows }));
  for (let failures = 0, sure = 0; ;) {
    try {
      await copy.stored();
      if (follow) await copy.growing();
      return;
    } catch (error) {
      signal.throwIfAborted();
      failures = copy.sure > sure ? 1 : failures + 1;
      sure = copy.sure;
      if (error instanceof TowpathError || failures > 5) throw error;
      await delay((pollMs / 5) * failures, undefined, { signal });
    }
  }
}

/** How far a log is copied. */
class LogCopy {
  /** By the bytes that came: right unless the middle of the log was left out among them. */
  private counted = 0;
  /** All before this position was copied in any case. */
  sure = 0;
  private readonly io: Context['io'];
  private readonly ask: (offset: number, follow: boolean) => Promise<Response>;

  constructor(io: Context['io'], ask: LogCopy['ask']) {
    this.io = io;
    this.ask = ask;
  }

  /** Up to what is stored by now, which the server tells beforehand. */
  async stored(): Promise<void> {
    const answer = await this.begun();
    // Its first part is kept of every log.
    await this.write(answer, Math.max(this.counted, head));
    this.counted = logNext(answer) ?? this.counted;
    this.sure = this.counted;
  }

  /** From there on until the run has ended: what grows is kept, so that its bytes count. */
  async growing(): Promise<void> {
    await this.write(await this.ask(this.counted, true), Infinity);
  }

  /** Where an answer broke, or, if its middle may have been left out, from what is sure on: better twice than never. */
  private async begun(): Promise<Response> {
    const answer = await this.ask(this.counted, false);
    if (this.counted === this.sure || (logNext(answer) ?? 0) <= head + tail) return answer;
    await answer.body?.cancel();
    this.counted = this.sure;
    return this.ask(this.counted, false);
  }

  private async write(answer: Response, counts: number): Promise<void> {
    for await (const chunk of answer.body ?? []) {
      this.counted += chunk.length;
      this.sure = Math.min(this.counted, counts);
      await this.io.write(chunk);
    }
  }
}
