import type { ConfigCode } from '../../release/codes.js';

/** A mistake in a template; `offset` is where in its text. */
export class TemplateError extends Error {
  readonly code: ConfigCode;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: ConfigCode, message: string, offset: number, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}
