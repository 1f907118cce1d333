import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A pattern of a parameter: the whole text must match. */
export interface Pattern {
  matches(text: string): boolean;
}

const longest = 200;

/**
 * Compiles the pattern of a parameter; undefined when it is none (docs/spec.md §3.2). The language is RE2's, Go's own: texts
 * are matched in time linear to their length, where JavaScript's engine would take exponential time for `(a+)+`.
 */
export function compilePattern(text: string): Pattern | undefined {
  if (text.length > longest) return undefined;
  try {
    const pattern = RE2JS.compile(text);
    return { matches: (value) => pattern.matches(value) };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}
