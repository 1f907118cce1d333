import type { RequestOptions } from 'node:https';
import { TowpathError } from '../release/towpath-error.js';
import { get } from './stream.js';

interface Asking {
  server: string;
  requestOptions: () => Promise<RequestOptions>;
}

/** How long a server may refuse to say whether it is ready before its refusals are believed. */
const doubtMs = 60_000;
const answerMs = 5000;

/**
 * Tells a refusal that is meant from that of an API server that has just started: until its rules are loaded it answers 401
 * and 403 to whoever may ask, and a run that believed it would be ended half way.
 */
export class Readiness {
  private doubtedSince: number | undefined;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** The server did not answer, or not well: it may start again. */
  wasAway(): void {
    this.doubtedSince = undefined;
  }

  /** Throws RUNTIME_UNREACHABLE when a refusal (401, 403) may be over in a moment. */
  async mustBeMeant(status: number, asking: Asking): Promise<void> {
    const said = await statusOfReadyz(asking);
    const isUnsaid = said === 401 || said === 403;
    if (isUnsaid ? !this.isDoubted() : said !== undefined && said < 500) return;
    const why = isUnsaid ? 'does not say whether it is ready' : 'is not ready yet';
    throw new TowpathError('RUNTIME_UNREACHABLE', `the API server answered ${status} and ${why}`);
  }

  /** A server that does not even say whether it is ready is doubted for a minute, and then believed until it was away. */
  private isDoubted(): boolean {
    const now = this.now();
    this.doubtedSince ??= now;
    return now - this.doubtedSince < doubtMs;
  }
}

/** Undefined when there is no answer. */
async function statusOfReadyz({ server, requestOptions }: Asking): Promise<number | undefined> {
  const url = new URL(`${server.replace(/\/$/, '')}/readyz`);
  const bounds = { headersMs: answerMs, signal: AbortSignal.timeout(answerMs) };
  const answer = await get(url, await requestOptions(), bounds).catch(() => undefined);
  answer?.resume();
  return answer?.statusCode;
}
