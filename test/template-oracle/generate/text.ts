import fc from 'fast-check';

/** A piece of a template. It is told how to reach the root from where it stands: by `.Params` or by `$.Params`. */
export type Piece = (root: '' | '$') => string;
export type Pieces = fc.Arbitrary<Piece>;

export const pick = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

export const words = (text: string): string[] => text.split(' ');

export const piece = (texts: fc.Arbitrary<string>): Pieces => texts.map((text) => () => text);

/** Pieces behind each other. */
export const row = (...parts: Pieces[]): Pieces => fc.tuple(...parts).map(joined(''));

export const joined =
  (between: string) =>
  (parts: readonly Piece[]): Piece =>
  (root) =>
    parts.map((part) => part(root)).join(between);

/** One of several, each as often as its weight says. */
export const oneOf = <T>(...options: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    ...options.map(([weight, arbitrary]) => ({ weight: Math.round(100 * weight), arbitrary })),
  );

/** Characters on which implementations differ: of one to four bytes, that combine, that cannot be seen, that are newer. */
export const characters = pick(
  ...words('a b Z 0 9 _ - + . , ; : ! ? / \\ \' " ` $ # % { } {{ }} ( ) [ ] < > & | = ~ ^ é ß ñ Ω я א 中 😀 👩‍💻 𝔘 �'),
  ...[0x20, 0x09, 0x0a, 0x0d, 0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x7f, 0x80, 0x85, 0xa0, 0xad].map((code) =>
    String.fromCodePoint(code),
  ),
  ...[0x301, 0x34f, 0x378, 0x600, 0x2028, 0x200b, 0x3000, 0xd7ff, 0xe000, 0xfeff, 0xfffe, 0xffff].map((code) =>
    String.fromCodePoint(code),
  ),
  ...[0x2427, 0x1fae9, 0x2ebf0, 0x323af, 0xe0001, 0xf0000, 0x10ffff].map((code) => String.fromCodePoint(code)),
);

export const texts: fc.Arbitrary<string> = oneOf(
  [3, pick('', 'a', 'b', 'canal', 'x{{y}}', '0', '7', 'true', 'a-b', 'zürich', ' ')],
  [2, fc.array(characters, { maxLength: 6 }).map((chars) => chars.join(''))],
);
