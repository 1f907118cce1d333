import { excerpt, TemplateError } from './error.js';

const plainEscapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** Each escape of Go, and what it stands for; undefined when it stands for nothing. */
const escapes: readonly { pattern: RegExp; bytes: (digits: string) => Buffer | undefined }[] = [
  { pattern: /\\x([0-9a-fA-F]{2})/y, bytes: (digits) => Buffer.of(Number.parseInt(digits, 16)) },
  { pattern: /\\([0-3][0-7]{2})/y, bytes: (digits) => Buffer.of(Number.parseInt(digits, 8)) },
  { pattern: /\\u([0-9a-fA-F]{4})/y, bytes: character },
  { pattern: /\\U([0-9a-fA-F]{8})/y, bytes: character },
  { pattern: /\\([abfnrtv\\"])/y, bytes: (name) => Buffer.from(plainEscapes[name] ?? name) },
  { pattern: /([^\\]+)/y, bytes: (text) => Buffer.from(text) },
];

/** A text between quotes, with Go's escapes. */
export function readQuoted(text: string, offset: number): string {
  const inside = text.slice(1, -1);
  const parts: Buffer[] = [];
  for (let at = 0; at < inside.length;) {
    const [length, bytes] = readPart(inside, at);
    if (!bytes)
      throw new TemplateError('TEMPLATE_SYNTAX', `${excerpt(text)} has an escape that does not exist`, { offset });
    parts.push(bytes);
    at += length;
  }
  return decode(Buffer.concat(parts), { text, offset });
}

function readPart(text: string, at: number): [length: number, bytes: Buffer | undefined] {
  for (const { pattern, bytes } of escapes) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return [found[0].length, bytes(found[1] ?? '')];
  }
  return [1, undefined];
}

/** Undefined for what is no character: beyond Unicode, or half of a surrogate pair. */
function character(hex: string): Buffer | undefined {
  const point = Number.parseInt(hex, 16);
  const isOne = point <= 0x10_ffff && (point < 0xd800 || point > 0xdfff);
  return isOne ? Buffer.from(String.fromCodePoint(point)) : undefined;
}

/** Go's texts are bytes, ours are characters: bytes that are none cannot be said here. */
function decode(bytes: Buffer, { text, offset }: { text: string; offset: number }): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TemplateError('TEMPLATE_UNSUPPORTED', `${excerpt(text)} has bytes that are not UTF-8`, { offset });
  }
}

/** A text between backquotes is as it stands, but for carriage returns. */
export const readRaw = (text: string): string => text.slice(1, -1).replaceAll('\r', '');

const integer = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
// Written so that a text can match in one way only: a long one that does not would otherwise be tried in all of them.
const float =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexFloat = /^[+-]?0[xX](?:_?[0-9a-fA-F])*(?:\.(?:_?[0-9a-fA-F])*)?[pP][+-]?[0-9](?:_?[0-9])*$/;
const imaginary = /^[+-]?[0-9.][0-9._eE+-]*i$/;
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Go's int or float64, by the form of the number. */
export function readNumber(text: string, offset: number): bigint | number {
  const refuse = (message: string): never => {
    throw new TemplateError('TEMPLATE_SYNTAX', `${excerpt(text)} ${message}`, { offset });
  };
  const notSupported = (why: string): TemplateError =>
    new TemplateError('TEMPLATE_UNSUPPORTED', `${excerpt(text)} is not supported: ${why}`, { offset });
  if (imaginary.test(text) || hexFloat.test(text)) throw notSupported('numbers are whole or decimal');
  if (integer.test(text)) {
    const value = toBigInt(text.replaceAll('_', ''));
    // Go notices most of them only when it gets there.
    if (value < int64.min || value > int64.max) throw notSupported('whole numbers have 64 bits');
    /** Go looks for an `e` in what was written, and forgets a sign when it looks for `0x`. */
    return /^[+-]0[xX].*[eE]/.test(text) ? Number(value) : value;
  }
  const value = Number(text.replaceAll('_', ''));
  if (!/[.eE]/.test(text) || !float.test(text) || !Number.isFinite(value)) return refuse('is not a number');
  return value;
}

/** A leading 0 alone means octal. */
function toBigInt(text: string): bigint {
  const digits = text.replace(/^[+-]/, '').replace(/^0(?=[0-7])/, '0o');
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}
