/** What stands in the place of a secret. */
const redacted = '[redacted]';

/**
 * Shorter values are left alone: they are found everywhere, and would make a log unreadable without hiding anything from
 * whoever can guess.
 */
const shortestSecret = 8;
/** Of a value of several lines, those that are worth hiding alone: a program may print a key line by line. */
const shortestLine = 16;
/** A longer value is looked for in parts of this size, and this many of the lines of all values: a log is held against each. */
const longestPattern = 4096;
const mostLines = 2000;
/** A text that is one secret after the other without an end is not held back for longer. */
const longestHeld = 512 * 1024;

interface Redacted {
  text: Buffer;
  /** Bytes of the input that it stands for; the others may be the begin of a secret. */
  until: number;
}

/** Replaces secrets in text that comes in pieces. The same text gives the same, however it is cut. */
export class Redactor {
  private readonly patterns: Buffer[];

  /** Values as they are in the Secrets. */
  constructor(values: readonly Buffer[]) {
    const lines = values.flatMap(linesOf).slice(0, mostLines);
    const texts = [...values.flatMap(wholesOf), ...lines].flatMap(partsOf);
    const worth = texts.filter((each) => each.length >= shortestSecret).map((each) => each.toString('latin1'));
    this.patterns = [...new Set(worth)].map((each) => Buffer.from(each, 'latin1'));
  }

  /** `last`: nothing follows that could make a secret of its end. */
  bytes(input: Buffer, { last }: { last: boolean }): Redacted {
    if (this.patterns.length === 0) return { text: input, until: input.length };
    const spans = this.spansIn(input);
    const until = last ? input.length : this.safeEnd(input, spans);
    return { text: without(input.subarray(0, until), spans), until };
  }

  /** A text that is whole. */
  text(input: string): string {
    return this.patterns.length === 0 ? input : this.bytes(Buffer.from(input), { last: true }).text.toString();
  }

  /** JSON with every text in it redacted, names too: inside JSON a value may be written in another way. */
  json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((each) => this.json(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [this.text(key), this.json(each)]));
  }

  /** Where secrets are; those that overlap are one, so that no part of any is left. */
  private spansIn(input: Buffer): Span[] {
    const found = this.patterns.flatMap((pattern) => occurrences(input, pattern));
    found.sort((a, b) => a.from - b.from);
    const spans: Span[] = [];
    for (const span of found) {
      const before = spans.at(-1);
      if (before && span.from < before.to) before.to = Math.max(before.to, span.to);
      else spans.push(span);
    }
    return spans;
  }

  /** Before the first byte that a secret which is still to come could begin with, and before what overlaps that. */
  private safeEnd(input: Buffer, spans: Span[]): number {
    const half = Math.max(...this.patterns.map((pattern) => halfAtEnd(input, pattern)));
    const end = input.length - half;
    const over = spans.find(({ from, to }) => from < end && end < to);
    if (!over) return end;
    return input.length - over.from > longestHeld ? over.to : over.from;
  }
}

interface Span {
  from: number;
  to: number;
}

/** A value, and its base64, which is how `kubectl get secret` shows it; without padding, which says nothing. */
function wholesOf(value: Buffer): Buffer[] {
  const text = trimmed(value);
  if (text.length < shortestSecret) return [];
  const coded = [value, text].map((each) => Buffer.from(each.toString('base64').replace(/=+$/, '')));
  return [text, ...coded];
}

/** Of a value that has several. */
function linesOf(value: Buffer): Buffer[] {
  const lines = trimmed(value).toString('latin1').split('\n');
  if (lines.length === 1) return [];
  return lines.map((line) => trimmed(Buffer.from(line, 'latin1'))).filter((line) => line.length >= shortestLine);
}

/** The last part overlaps the one before it: a rest would be too short to be looked for. */
function partsOf(text: Buffer): Buffer[] {
  if (text.length <= longestPattern) return [text];
  const parts: Buffer[] = [];
  for (let at = 0; at + longestPattern <= text.length; at += longestPattern)
    parts.push(text.subarray(at, at + longestPattern));
  return [...parts, text.subarray(-longestPattern)];
}

/** Files of secrets end with a newline that programs do not print. */
function trimmed(value: Buffer): Buffer {
  let [from, to] = [0, value.length];
  while (from < to && isSpace(value[from])) from++;
  while (to > from && isSpace(value[to - 1])) to--;
  return value.subarray(from, to);
}

const isSpace = (byte = 0): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

function occurrences(input: Buffer, pattern: Buffer): Span[] {
  const spans: Span[] = [];
  for (let from = input.indexOf(pattern); from >= 0; from = input.indexOf(pattern, from + 1))
    spans.push({ from, to: from + pattern.length });
  return spans;
}

/** How many bytes at the end are the begin of a pattern, and not all of it. */
function halfAtEnd(input: Buffer, pattern: Buffer): number {
  const longest = Math.min(pattern.length - 1, input.length);
  const first = pattern[0] ?? 0;
  for (let from = input.indexOf(first, input.length - longest); from >= 0 && from < input.length;) {
    const half = input.subarray(from);
    if (half.length <= longest && pattern.subarray(0, half.length).equals(half)) return half.length;
    from = input.indexOf(first, from + 1);
  }
  return 0;
}

function without(input: Buffer, spans: Span[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to } of spans.filter((span) => span.from < input.length)) {
    parts.push(input.subarray(at, from), Buffer.from(redacted));
    at = to;
  }
  return Buffer.concat([...parts, input.subarray(at)]);
}
