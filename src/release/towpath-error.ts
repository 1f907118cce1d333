import type { ErrorCode } from './codes.js';

/** Where in what a person wrote: 1-based line and column, the file as the person named it. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** The one error people see: a stable code, a plain sentence, and what to do about it. Never a stack trace, never a secret. */
export class TowpathError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly at: Place | undefined;
  /** How long whoever refused asked us to wait before we ask again (ms). */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; at?: Place; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'TowpathError';
    this.code = code;
    this.hint = more.hint;
    this.at = more.at;
    this.retryAfterMs = more.retryAfterMs;
  }
}
