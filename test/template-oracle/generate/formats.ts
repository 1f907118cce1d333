import fc from 'fast-check';
import { joined, oneOf, pick, words, type Piece, type Pieces } from './text.js';

const flags = oneOf(
  [5, fc.constant('')],
  [3, pick('-', '0', '+', '-0', '0-', '+0', '+-', '00')],
  [0.1, pick(' ', '#')],
);
const widths = oneOf([4, fc.constant('')], [3, fc.integer({ min: 1, max: 14 }).map(String)], [0.05, pick('*', '[1]')]);
const precisions = oneOf(
  [5, fc.constant('')],
  [2, fc.integer({ min: 0, max: 12 }).map((n) => `.${n}`)],
  [1, fc.constant('.')],
);

/** The verbs, and what fits them; `%x` of a float is not in the language. */
const verbs: [verb: string, types: string[]][] = [
  ['v', ['text', 'int', 'float', 'bool', 'list', 'map', 'any']],
  ['s', ['text']],
  ['d', ['int']],
  ['q', ['text', 'int']],
  ['t', ['bool']],
  ['x', ['text', 'int']],
];
const others = words('b o O c U e E f g G X T p w z y é');
const between = pick('', '', '', '-', ' ', '%%', '😀', '|', '%5%', 'x{{y}}', '}}');

interface Directive {
  text: string;
  arg: Piece;
}

function directives(tie: (type: string) => Pieces): fc.Arbitrary<Directive> {
  const fitting = verbs.flatMap(([verb, types]) => types.map((type) => [verb, type] as const));
  const options = fitting.map(([verb, type]): [number, fc.Arbitrary<readonly [string, Piece]>] => [
    verb === 'v' && type !== 'float' ? 0.5 : 1,
    tie(type).map((arg) => [verb, arg] as const),
  ]);
  const unfit = fc.tuple(pick(...verbs.map(([verb]) => verb)), tie('any'));
  const foreign = fc.tuple(pick(...others), tie('any'));
  return fc
    .tuple(flags, widths, precisions, oneOf<readonly [string, Piece]>(...options, [0.4, unfit], [0.15, foreign]))
    .map(([flag, width, precision, [verb, arg]]) => ({ text: `%${flag}${width}${precision}${verb}`, arg }));
}

/** A call in parentheses: a format and its arguments, now and then one too many or too few, and the last of them piped. */
export function printfCalls(tie: (type: string) => Pieces): Pieces {
  const written = fc.array(fc.tuple(between, directives(tie)), { maxLength: 3 });
  const slip = oneOf([20, fc.constant(0)], [1, fc.constant(1)], [1, fc.constant(-1)]);
  return fc.tuple(written, between, slip, tie('any'), pick('', '', '', '|')).map(([found, end, off, more, pipe]) => {
    const format = (): string => `"${found.map(([text, directive]) => text + directive.text).join('')}${end}"`;
    const args = found.map(([, { arg }]) => arg);
    const given = off > 0 ? [...args, more] : args.slice(0, off < 0 ? -1 : undefined);
    const last = pipe === '' ? undefined : given.pop();
    const call = joined(' ')([() => 'printf', format, ...given]);
    return (root) => (last ? `(${last(root)} | ${call(root)})` : `(${call(root)})`);
  });
}
