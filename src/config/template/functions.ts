import { equal, less } from './compare.js';
import { hasOpen, isList, isMap, isTruthy, open, plain, typeName, type Data, type Known } from './data.js';
import { Misuse } from './error.js';
import { printf } from './printf.js';
import { print } from './show.js';

interface Fn {
  /** How many arguments it takes. */
  least: number;
  most: number;
  call: (args: readonly Known[]) => Data;
}

const fixed = (count: number, call: Fn['call']): Fn => ({ least: count, most: count, call });
const many = (least: number, call: Fn['call']): Fn => ({ least, most: Number.POSITIVE_INFINITY, call });
const two = (call: (a: Known, b: Known) => Data): Fn => fixed(2, ([a = null, b = null]) => call(a, b));

/** `and` and `or` stop at the operand that decides: the evaluator has them (docs/spec.md §6.5). */
const functions: Readonly<Record<string, Fn>> = {
  eq: many(2, ([first = null, ...rest]) => rest.some((each) => equal(first, each))),
  ne: two((a, b) => !equal(a, b)),
  lt: two(less),
  le: two((a, b) => less(a, b) || equal(a, b)),
  gt: two((a, b) => !less(a, b) && !equal(a, b)),
  ge: two((a, b) => !less(a, b)),
  not: fixed(1, ([value = null]) => !isTruthy(value)),
  len: fixed(1, ([value = null]) => length(value)),
  index: many(1, ([item = null, ...keys]) => index(item, keys)),
  print: many(0, print),
  printf: many(1, ([format = null, ...args]) => printf(format, args)),
};

export const functionNames = [...Object.keys(functions), 'and', 'or'];

/** Calls a function by name. What depends on an open argument is open. Throws Misuse. */
export function callFunction(name: string, args: readonly Data[]): Data {
  const found = functions[name];
  if (!found) throw new Misuse(`"${name}" is not a function`);
  const { least, most, call } = found;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least}` : `${least} or more`;
    throw new Misuse(`${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${args.length}`);
  }
  return args.some(hasOpen) ? open : call(args as readonly Known[]);
}

function length(value: Known): bigint {
  const it = plain(value);
  if (typeof it === 'string') return BigInt(Buffer.byteLength(it));
  if (isList(it)) return BigInt(it.length);
  if (isMap(it)) return BigInt(it.size);
  throw new Misuse(`len takes text, a list or a map, not ${typeName(it)}`);
}

/** A key that a map lacks gives nothing, which can be tested, but not printed. */
function index(item: Known, keys: readonly Known[]): Data {
  if (item === null) throw new Misuse('index takes text, a list or a map, not nothing');
  return keys.reduce<Data>((at, key) => (at === open ? at : step(at, plain(key))), item);
}

function step(at: Known, key: Known): Data {
  const it = plain(at);
  if (isMap(it)) {
    if (typeof key !== 'string') throw new Misuse(`index: the key of a map is text, not ${typeName(key)}`);
    return it.get(key) ?? null;
  }
  if (typeof it !== 'string' && !isList(it)) throw new Misuse(`index takes text, a list or a map, not ${typeName(it)}`);
  if (typeof key !== 'bigint') throw new Misuse(`index: the place in a list is a whole number, not ${typeName(key)}`);
  return typeof it === 'string' ? BigInt(itemAt(Buffer.from(it), key)) : itemAt(it, key);
}

function itemAt<T>(items: ArrayLike<T>, place: bigint): T {
  const found = place < 0n ? undefined : items[Number(place)];
  if (found === undefined) throw new Misuse(`index: there is no item ${place}, there are ${items.length}`);
  return found;
}
