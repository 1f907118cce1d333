import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A pattern of a parameter: the whole text must match. */
export interface Pattern {
  matches(text: string): boolean;
}

const longest = 200;

/** A pattern is asked for by every service and channel that gives its parameter a value; compiling takes most of the time. */
const compiled = new Map<string, Pattern | undefined>();
const most = 500;

/**
 * Compiles the pattern of a parameter; undefined when it is none (docs/spec.md §3.2). The language is RE2's, Go's own: texts
 * are matched in time linear to their length, where JavaScript's engine would take exponential time for `(a+)+`.
 */
export function compilePattern(text: string): Pattern | undefined {
  if (text.length > longest) return undefined;
  if (compiled.has(text)) return compiled.get(text);
  if (compiled.size >= most) compiled.clear();
  const pattern = compile(text);
  compiled.set(text, pattern);
  return pattern;
}

function compile(text: string): Pattern | undefined {
  try {
    const pattern = RE2JS.compile(text);
    return { matches: (value) => pattern.matches(value) };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}
