import { findFrame } from './frame.js';
import { both, readFramed } from './framed-result.js';
import type { FramedResult, LogPart, LogState } from './ports.js';
import type { Redactor } from './redaction.js';

/**
 * Makes what is stored of what a pod has logged: a framed result is taken out, and one line stands for it; secrets are
 * replaced. What cannot be told yet is held back and counts as not received, so that whoever reads on after a crash gets it
 * again.
 */
export class LogIntake {
  private readonly name: string;
  private readonly redactor: Redactor;
  /** How many bytes are accounted for. */
  private received: number;
  private lineStart: boolean;
  private framed: FramedResult | undefined;
  private pending: Buffer = Buffer.alloc(0);
  /** Stands before what comes first of a pod that replaces another. */
  private lead: Buffer;
  private readonly pod: string;

  /** `run` is its name in its markers, `pod` the uid of the pod that logs. */
  constructor({ run, pod }: { run: string; pod: string }, state: LogState, redactor: Redactor) {
    this.name = run;
    this.pod = pod;
    this.redactor = redactor;
    this.received = state.received;
    this.lead = Buffer.from(state.replaces ? `${state.lineStart ? '' : '\n'}${replaced}` : '');
    this.lineStart = state.replaces ?? state.lineStart;
    this.framed = state.framed;
  }

  /** Bytes of the pod's log that were read, also those that are held back. */
  get seen(): number {
    return this.received + this.pending.length;
  }

  /** What can be stored now that these bytes have come. */
  take(bytes: Buffer): LogPart | undefined {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    return this.sift(false);
  }

  /** What was held back, when nothing more will come. */
  rest(): LogPart | undefined {
    return this.sift(true);
  }

  private sift(last: boolean): LogPart | undefined {
    const { pending: bytes, name, lineStart } = this;
    const text: Buffer[] = [];
    const part: Pick<LogPart, 'framed' | 'large'> = {};
    let textFrom = 0;
    for (let from = 0; ;) {
      const found = findFrame(name, { bytes, from, lineStart, last });
      if (found.kind === 'text' || found.kind === 'open') {
        const end = found.kind === 'text' ? found.until : found.from;
        // A frame begins a line: no secret goes on in it.
        const how = { last: last || found.kind === 'open' };
        const rest = this.redactor.bytes(bytes.subarray(textFrom, end), how);
        text.push(rest.text);
        return this.accountFor(textFrom + rest.until, { ...part, text: Buffer.concat(text) });
      }
      if (found.kind === 'broken') {
        part.framed = this.framed = both(this.framed, found.problem);
        from = found.from;
        continue;
      }
      text.push(this.redactor.bytes(bytes.subarray(textFrom, found.from), { last: true }).text, insteadOf(found.body));
      const { framed, large } = readFramed(found, this.redactor);
      part.framed = this.framed = both(this.framed, framed);
      if (large) part.large = large;
      from = textFrom = found.to;
    }
  }

  private accountFor(
    bytes: number,
    { text, ...part }: Omit<LogPart, 'pod' | 'offset' | 'received'>,
  ): LogPart | undefined {
    if (bytes === 0) return undefined;
    const offset = this.received;
    this.lineStart = this.pending[bytes - 1] === 0x0a;
    this.pending = this.pending.subarray(bytes);
    this.received += bytes;
    const whole = Buffer.concat([this.lead, text]);
    this.lead = Buffer.alloc(0);
    return { pod: this.pod, offset, received: bytes, text: whole, ...part };
  }
}

const replaced = '[the pod was replaced: its program begins again]\n';
const insteadOf = (body: Buffer): Buffer => Buffer.from(`[result: ${body.length} bytes]\n`);
