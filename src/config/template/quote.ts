import { isPrintable } from './printable.js';

const named: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const lastCharacter = 0x10_ffff;

/** Go's strconv.Quote; `ascii` writes everything else as an escape. */
export const quoteText = (text: string, ascii: boolean): string =>
  `"${Array.from(text, (char) => quoteChar(char, '"', ascii)).join('')}"`;

/** Go's quoted character of a number: one that is none is U+FFFD. */
export function quoteCode(code: bigint, ascii: boolean): string {
  const valid = code >= 0n && code <= BigInt(lastCharacter) && !(code >= 0xd800n && code <= 0xdfffn);
  const char = valid ? String.fromCodePoint(Number(code)) : '\uFFFD';
  return `'${quoteChar(char, "'", ascii)}'`;
}

function quoteChar(char: string, quote: string, ascii: boolean): string {
  if (char === quote || char === '\\') return `\\${char}`;
  const code = char.codePointAt(0) ?? 0;
  const plain = isPrintable(char) && (!ascii || code < 0x80);
  return plain ? char : (named[char] ?? escaped(code));
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
