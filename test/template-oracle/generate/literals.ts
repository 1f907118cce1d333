import fc from 'fast-check';
import { characters, oneOf, pick, texts, words } from './text.js';

const digits = pick(...words('0 1 7 8 9 12 a F 0x 0X 0b 0B 0o 0O 00 0_ _ __ . e E e+ e- E-3 e10 p2 1e'));
const oddNumbers = fc
  .tuple(pick('', '', '', '-', '+'), fc.array(digits, { minLength: 1, maxLength: 5 }))
  .map(([sign, parts]) => sign + parts.join(''));
const wellKnown = words(
  '0 1 -1 +7 42 -0 007 0x1F -0x1e +0XfF 0b101 0o17 1_000 0x_1f 9223372036854775807 -9223372036854775808 0x7fffffffffffffff',
);
/** Whole numbers as they are written. */
export const ints = pick(...words('0 1 2 3 -1 7 97 100'), ...wellKnown);
export const floats = pick(
  ...words(
    '1.5 -2.25 0.0 -0.0 1.0 5. .5 +.5 1e3 1E5 1e6 1e20 1e21 1e+21 1e-4 1e-5 1e-7 08.5 123456789.0 0.1 2.5 9.995 1e308',
  ),
);

/** Anything that looks like a number, also what is none. */
export const numbers = oneOf(
  [2, ints],
  [2, floats],
  [3, oddNumbers],
  [1, pick('9223372036854775808', '1e309', '1e-400')],
);

const escapes = pick(
  ...words(
    '\\n \\t \\r \\a \\b \\f \\v \\\\ \\" \\x41 \\x7f \\101 \\000 \\u00e9 \\u2028 \\ufeff \\U0001F600 \\U0010FFFF',
  ),
  ...words('\\xc3\\xa9 \\303\\251 \\xf0\\x9f\\x98\\x80'),
);
const wrong = pick(...words("\\q \\' \\8 \\400 \\x4 \\u12 \\ud800 \\U00110000 \\x \\1 \\12"), '\n', '\\');
const plainText = characters.map((char) => (/["\\\n]/.test(char) ? `\\${char === '\n' ? 'n' : char}` : char));

/** The inside of a text between quotes. */
const inside = (maxLength: number, parts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(parts, { maxLength }).map((found) => found.join(''));

const quote = (text: string): string => `"${text}"`;

/** Texts as they are written, between quotes or backquotes. */
export const strings = oneOf(
  [4, texts.map((text) => JSON.stringify(text))],
  [3, inside(4, oneOf([1, escapes], [1, plainText])).map(quote)],
  [1, texts.map((text) => `\`${text.replaceAll('`', '')}\``)],
);

/** Anything that looks like a text, also what is none. */
export const oddStrings = oneOf(
  [3, inside(8, oneOf([2, escapes], [3, plainText])).map(quote)],
  [2, inside(4, oneOf([3, escapes], [3, plainText], [1, wrong])).map(quote)],
  [1, pick('"a', '`a', '"\\', '"\\"', '`a`b`', '""""', '"a"b', '"\\xff"', '"\\xed\\xa0\\x80"')],
);
