/** A regular expression without look-around and back-references: what can be matched in time linear to the text. */
export type Expression =
  /** One character; `source` is its class or escape, in the syntax of JavaScript. */
  | { kind: 'char'; source: string }
  | { kind: 'edge'; edge: 'start' | 'end' }
  | { kind: 'all'; parts: Expression[] }
  | { kind: 'any'; parts: Expression[] }
  | { kind: 'repeat'; part: Expression; least: number; most: number };

/** What is not in the language, or not a regular expression at all. */
export class PatternError extends Error {}

interface Reader {
  text: string;
  at: number;
}

export function parsePattern(text: string): Expression {
  const reader: Reader = { text, at: 0 };
  const expression = alternatives(reader);
  if (reader.at < text.length) throw new PatternError('a parenthesis is closed that was not opened');
  return expression;
}

/** Takes what the pattern matches right here. */
function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function alternatives(reader: Reader): Expression {
  const parts = [sequence(reader)];
  while (take(reader, /\|/y) !== undefined) parts.push(sequence(reader));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'any', parts };
}

function sequence(reader: Reader): Expression {
  const parts: Expression[] = [];
  while (reader.at < reader.text.length && !'|)'.includes(reader.text.charAt(reader.at))) parts.push(repeated(reader));
  return { kind: 'all', parts };
}

function repeated(reader: Reader): Expression {
  const part = atom(reader);
  const quantifier = take(reader, /(?:[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\})\??/y);
  if (quantifier === undefined) return part;
  if (part.kind === 'edge' || /[*+?{]/.test(reader.text.charAt(reader.at))) throw new PatternError('nothing to repeat');
  const [least, most] = bounds(quantifier);
  if (most < least) throw new PatternError('a repetition whose bounds are the wrong way round');
  return { kind: 'repeat', part, least, most };
}

function bounds(quantifier: string): [least: number, most: number] {
  if (quantifier.startsWith('*')) return [0, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('+')) return [1, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('?')) return [0, 1];
  const [, least = '', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier) ?? [];
  if (comma === '') return [Number(least), Number(least)];
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

/** What stands for one character as it is, by its form; the source is what JavaScript calls it. */
const characters: readonly RegExp[] = [
  /\\(?:[dDwWsStnrfv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[pP]\{\w+\}|[\^$\\.*+?()[\]{}|/])/uy,
  /\[(?!\^?\])\^?(?:\\[^]|[^\]\\])+\]/uy,
  /[^\\[\](){}*+?|^$./]/uy,
];

function atom(reader: Reader): Expression {
  if (take(reader, /\(\?:/y) !== undefined || take(reader, /\((?!\?)/y) !== undefined) return group(reader);
  if (take(reader, /\^/y) !== undefined) return { kind: 'edge', edge: 'start' };
  if (take(reader, /\$/y) !== undefined) return { kind: 'edge', edge: 'end' };
  if (take(reader, /\./y) !== undefined) return { kind: 'char', source: String.raw`[^\n]` };
  const plain = take(reader, /\\-|[\]}/]/y);
  if (plain !== undefined) return { kind: 'char', source: plain === String.raw`\-` ? '-' : `\\${plain}` };
  for (const pattern of characters) {
    const source = take(reader, pattern);
    if (source !== undefined) return { kind: 'char', source };
  }
  throw new PatternError(`${reader.text.slice(reader.at, reader.at + 3)} is not supported`);
}

function group(reader: Reader): Expression {
  const inside = alternatives(reader);
  if (take(reader, /\)/y) === undefined) throw new PatternError('a parenthesis is not closed');
  return inside;
}
