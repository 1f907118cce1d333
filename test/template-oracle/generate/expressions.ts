import fc from 'fast-check';
import { names } from './data.js';
import { printfCalls } from './formats.js';
import { floats, ints, strings } from './literals.js';
import { joined, oneOf, pick, piece, row, words, type Piece, type Pieces } from './text.js';

export type Type = 'text' | 'int' | 'float' | 'bool' | 'list' | 'map';
type Tie = (key: string) => Pieces;

const param = (...of: string[]): Pieces => fc.constantFrom(...of).map((name) => (root) => `${root}.Params.${name}`);
const at = (...paths: string[]): Pieces => fc.constantFrom(...paths).map((path) => (root) => `${root}${path}`);
const gap = pick(...Array.from({ length: 12 }, () => ' '), '  ', '\n', '\t', '\r\n ');

/** A call in parentheses, so that it is an operand anywhere; the last argument is sometimes piped. */
function call(name: fc.Arbitrary<string>, ...args: Pieces[]): Pieces {
  return fc.tuple(name, gap, fc.integer({ min: 0, max: 5 }), fc.tuple(...args)).map(([fn, space, style, given]) => {
    const last = given.at(-1);
    if (style > 0 || !last) return (root) => `(${[() => fn, ...given].map((part) => part(root)).join(space)})`;
    const others = [() => fn, ...given.slice(0, -1)];
    return (root) => `(${last(root)}${space}|${space}${others.map((part) => part(root)).join(space)})`;
  });
}

const several = (args: Pieces, minLength: number, maxLength: number): Pieces =>
  fc.array(args, { minLength, maxLength }).map(joined(' '));

const fn = (name: string): fc.Arbitrary<string> => fc.constant(name);
const key = piece(pick('"a"', '"b"', '"a-b"', '"é"', '"nope"', '`a`', '"constructor"', '"__proto__"'));
const place = piece(pick('0', '0', '0', '1', '2', '9', '-1', '0x1'));
const mostly = (right: Pieces, wrong: Pieces): Pieces => oneOf([24, right], [1, wrong]);

/** What gives a value of a type. Nearly all arguments are of the type that is wanted. */
function ofType(type: Type, tie: Tie): Pieces {
  const either = call(pick('and', 'or'), tie(type), tie(type));
  return oneOf([6, leaves[type]], [1, either], [3, oneOf(...calls[type]((key) => tie(key)))]);
}

const leaves: Record<Type, Pieces> = {
  text: oneOf(
    [4, param(...names.text, ...names.image)],
    [1, at('.Constants.a', '.Constants.b', '.Params.image.Tag')],
    [3, piece(strings)],
  ),
  int: oneOf([3, param(...names.int)], [1, at('.n')], [3, piece(ints)]),
  float: oneOf([1, param(...names.float)], [1, piece(floats)]),
  bool: oneOf([2, param(...names.bool)], [1, piece(pick('true', 'false'))]),
  list: param(...names.list),
  map: oneOf([3, param(...names.map)], [1, at('.Params', '.Constants')], [1, piece(fc.constant('$'))]),
};

export const types = Object.keys(leaves) as Type[];

type Calls = (tie: Tie) => [weight: number, arbitrary: Pieces][];
const calls: Record<Type, Calls> = {
  text: (tie) => [
    [3, call(fn('print'), several(tie('any'), 0, 4))],
    [6, printfCalls(tie)],
    [2, call(fn('index'), at('.Params', '.Constants'), piece(pick('"a-b"', '"t"', '"a"')))],
  ],
  int: (tie) => [
    [3, call(fn('len'), mostly(oneOf([1, tie('text')], [1, tie('list')], [1, tie('map')]), tie('any')))],
    [2, call(fn('index'), mostly(tie('text'), tie('any')), mostly(place, tie('int')))],
  ],
  float: (tie) => [
    [1, call(fn('index'), at('.Params'), piece(pick('"f"', '"g"')))],
    [1, tie('float')],
  ],
  bool: (tie) => [
    [8, comparison(words('eq ne lt le gt ge'), ['text', 'int', 'float'], tie)],
    [1, comparison(words('eq ne'), ['bool'], tie)],
    [1, call(fn('eq'), tie('any'), several(tie('any'), 0, 3))],
    [1, call(pick(...words('ne lt le gt ge')), tie('any'), tie('any'))],
    [2, call(fn('not'), tie('any'))],
  ],
  list: (tie) => [
    [1, call(fn('index'), at('.Params'), piece(pick('"list"', '"more"')))],
    [1, tie('list')],
  ],
  map: (tie) => [
    [1, call(fn('index'), at('.Params'), piece(pick('"map"', '"deep"')))],
    [1, tie('map')],
  ],
};

/** Both sides are of one type, mostly. */
function comparison(functions: string[], types: Type[], tie: Tie): Pieces {
  const among = types.map((type): [number, Pieces] => [
    1,
    call(pick(...functions), tie(type), mostly(tie(type), tie('any'))),
  ]);
  return oneOf(...among);
}

/** A value of any type, an item of a list or a map, or a name that is not there. */
const anything = (tie: Tie): Pieces =>
  oneOf(
    [6, tie('text')],
    [5, tie('int')],
    [1, tie('float')],
    [3, tie('bool')],
    [1, tie('list')],
    [1, tie('map')],
    [2, call(fn('index'), oneOf([1, tie('list')], [1, tie('map')]), oneOf([1, place], [1, key]))],
    [1, at('.Params.map.a', '.Params.map.b', '.Params.deep.a')],
    [1, piece(fc.constant('.'))],
    [0.2, at('.Params.nope', '.Nope', '.Params.t.x', '.Params.image.x', '.Params.list.a', '.Params.constructor')],
    [0.1, row(piece(fc.constant('(')), tie('any'), piece(fc.constant(' 1)')))],
  );

const tied = fc.letrec<Record<Type | 'any', Piece>>((tie) => {
  const to: Tie = (name) => tie(name as Type);
  return {
    ...(Object.fromEntries(types.map((type) => [type, ofType(type, to)])) as Record<Type, Pieces>),
    any: anything(to),
  };
});

/** Expressions of a type, which are operands: a call stands in parentheses. */
export const expressions: Record<Type | 'any', Pieces> = tied;

/** The same as a pipeline: the parentheses around the whole are not needed. */
export const pipelines = (type: Type | 'any'): Pieces =>
  fc.tuple(expressions[type], fc.boolean()).map(([operand, bare]) => (root) => {
    const text = operand(root);
    return bare && text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  });
