import type { ConfigCode } from '../../release/codes.js';

/** A mistake in a template; `offset` is where its action begins in the text (docs/spec.md §6.6). */
export class TemplateError extends Error {
  readonly code: ConfigCode;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: ConfigCode, message: string, at: { offset: number; hint?: string | undefined }) {
    super(message);
    this.code = code;
    this.offset = at.offset;
    this.hint = at.hint;
  }
}

/** What a function was given that it cannot take; the evaluator knows where. */
export class Misuse extends Error {}

export const secretExposed = 'a secret is a reference, and may only be the whole value of a variable';
