import type { Data } from './data.js';
import { isTruthy, show } from './data.js';

/** What a function was given that it cannot take; the evaluator knows where. */
export class Misuse extends Error {}

type Fn = (args: Data[]) => Data;

const compare =
  (name: string, holds: (order: number) => boolean): Fn =>
  (args) => {
    const [a, b] = two(name, args);
    if (typeof a === 'boolean' || typeof a !== typeof b)
      throw new Misuse(`${name}: cannot compare ${typeName(a)} and ${typeName(b)}`);
    return holds(a < b ? -1 : a > b ? 1 : 0);
  };

const equal = (a: Data, b: Data): boolean => {
  const [x, y] = [scalar(a), scalar(b)];
  if (typeof x !== typeof y) throw new Misuse(`eq: ${typeName(x)} and ${typeName(y)} are different types`);
  return x === y;
};

/** `and` and `or` do not evaluate what is not needed: the evaluator treats them itself. */
const functions: Record<string, Fn> = {
  eq: ([first, ...rest]) => {
    if (first === undefined || rest.length === 0) throw new Misuse('eq needs two arguments or more');
    return rest.some((each) => equal(first, each));
  },
  ne: (args) => {
    const [a, b] = two('ne', args);
    return !equal(a, b);
  },
  lt: compare('lt', (order) => order < 0),
  le: compare('le', (order) => order <= 0),
  gt: compare('gt', (order) => order > 0),
  ge: compare('ge', (order) => order >= 0),
  not: ([value]) => {
    if (value === undefined) throw new Misuse('not needs an argument');
    return !isTruthy(value);
  },
  len: ([value]) => {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (value instanceof Map) return value.size;
    throw new Misuse('len needs text or a map');
  },
  print: (args) =>
    args
      .map((arg, i) => `${i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string' ? ' ' : ''}${show(arg)}`)
      .join(''),
  printf: ([format, ...args]) => printf(format, args),
  index: ([map, ...keys]) =>
    keys.reduce<Data | undefined>((at, key) => (at instanceof Map ? at.get(show(key)) : undefined), map) ?? '',
};

export const functionNames = [...Object.keys(functions), 'and', 'or'];

/** Calls a function by name; throws Misuse. */
export function callFunction(name: string, args: Data[]): Data {
  const found = functions[name];
  if (!found) throw new Misuse(`"${name}" is not a function`);
  return found(args);
}

function two(name: string, args: Data[]): [string | number | boolean, string | number | boolean] {
  const [a, b] = args;
  if (a === undefined || b === undefined || args.length > 2) throw new Misuse(`${name} needs two arguments`);
  return [scalar(a), scalar(b)];
}

function scalar(value: Data): string | number | boolean {
  if (value instanceof Map) {
    if (value.has('Tag')) return show(value);
    throw new Misuse('a map cannot be compared');
  }
  return value;
}

const typeName = (value: Data): string =>
  typeof value === 'string'
    ? 'text'
    : typeof value === 'number'
      ? 'a number'
      : typeof value === 'boolean'
        ? 'a boolean'
        : 'a map';

function printf(format: Data | undefined, args: Data[]): string {
  if (typeof format !== 'string') throw new Misuse('printf needs a format');
  let next = 0;
  const text = format.replace(/%([-+0]*)([0-9]*)(?:\.([0-9]+))?(.?)/gu, (_, ...groups: (string | undefined)[]) => {
    const [flags = '', width = '', precision, verb = ''] = groups;
    if (verb === '%') return '%';
    const value = args[next++];
    if (value === undefined) throw new Misuse(`printf: %${verb} has no argument`);
    return pad(verbText(verb, value, { flags, precision }), { flags, width: Number(width || 0) });
  });
  if (next < args.length) throw new Misuse('printf: more arguments than verbs');
  return text;
}

function verbText(
  verb: string,
  value: Data,
  { flags, precision }: { flags: string; precision: string | undefined },
): string {
  const plus = flags.includes('+') && typeof value === 'number' && value >= 0 ? '+' : '';
  if (verb === 'v') return plus + show(value);
  if (verb === 's' && typeof value !== 'number' && typeof value !== 'boolean')
    return precision === undefined ? show(value) : [...show(value)].slice(0, Number(precision)).join('');
  if (verb === 'd' && typeof value === 'number') return plus + String(value);
  if (verb === 't' && typeof value === 'boolean') return String(value);
  if (verb === 'q' && (typeof value === 'string' || value instanceof Map)) return JSON.stringify(show(value));
  if (verb === 'x' && typeof value === 'number') return value.toString(16);
  if (verb === 'x' && typeof value === 'string') return Buffer.from(value).toString('hex');
  throw new Misuse(`printf: %${verb} does not fit ${typeName(value)}`);
}

function pad(text: string, { flags, width }: { flags: string; width: number }): string {
  if (width > 1000) throw new Misuse('printf: a width over 1000');
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
