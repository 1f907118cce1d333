import { StringDecoder } from 'node:string_decoder';
import type { ReleaseView, RunView } from '../release/view.js';
import { logNext, type Api } from './api.js';

interface Copied {
  /** Position in the log to go on from; not the bytes that came, since the middle of a long log does not come. */
  offset: number;
  decoder: StringDecoder;
  /** The begin of a line whose end has not come yet. */
  rest: string;
  ended: boolean;
}

export interface LogLinesOptions {
  api: Api;
  signal: AbortSignal;
  tell: (channel: string, line: string) => void;
}

/** Tells the log of each run that goes on, line by line and each line once; runs that had ended before are left out. */
export class LogLines {
  private readonly options: LogLinesOptions;
  private readonly runs = new Map<string, Copied>();
  private first = true;
  /** Reads happen one after the other: two at once would tell a line twice. */
  private last: Promise<void> = Promise.resolve();

  constructor(options: LogLinesOptions) {
    this.options = options;
  }

  /** Reads what is new. A read that fails changes nothing, so the next one makes up for it. */
  read(view: ReleaseView): Promise<void> {
    const mine = this.last.then(() => this.readAll(view));
    // The failure is the caller's to see; whoever comes next begins anew.
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async readAll(view: ReleaseView): Promise<void> {
    const first = this.first;
    this.first = false;
    for (const { name, runs } of view.channels)
      for (const run of runs) {
        const key = `${name}/${run.run}`;
        const ended = first && run.endedAt !== undefined;
        const copied = this.runs.get(key) ?? { offset: 0, decoder: new StringDecoder(), rest: '', ended };
        this.runs.set(key, copied);
        if (!copied.ended && run.job) await this.readOne(view.id, { channel: name, run, copied });
      }
  }

  private async readOne(
    id: string,
    { channel, run, copied }: { channel: string; run: RunView; copied: Copied },
  ): Promise<void> {
    const { api, signal, tell } = this.options;
    const answer = await api.log({ id, channel, run: run.run }, { offset: copied.offset, follow: false, signal });
    const bytes = Buffer.from(await answer.arrayBuffer());
    copied.offset = logNext(answer) ?? copied.offset + bytes.length;
    const lines = `${copied.rest}${copied.decoder.write(bytes)}`.split('\n');
    copied.rest = lines.pop() ?? '';
    for (const line of lines) tell(channel, line);
    if (run.endedAt === undefined) return;
    copied.ended = true;
    if (copied.rest !== '') tell(channel, copied.rest);
  }
}
