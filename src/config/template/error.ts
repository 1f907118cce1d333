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

/** What a function was given that it cannot take, or what only Go can do with it; the evaluator knows where. */
export class Misuse extends Error {
  readonly code: ConfigCode;

  constructor(message: string, code: ConfigCode = 'TEMPLATE_EXEC') {
    super(message);
    this.code = code;
  }
}

/** A construct of Go that is left out, as a function meets it. */
export const unsupported = (what: string): Misuse => new Misuse(`${what} is not supported`, 'TEMPLATE_UNSUPPORTED');

export const secretExposed = 'a secret is a reference, and may only be the whole value of a variable';

/** A part of a template inside a message, which is never long. */
export const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
