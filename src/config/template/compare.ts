import { isList, isMap, plain, typeName, type Known } from './data.js';
import { Misuse } from './error.js';

/** Go's ==: values of different types are a mistake, but nothing is different from everything else. */
export function equal(left: Known, right: Known): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (a === null || b === null) return a === b;
  if (isList(a) || isMap(a) || isList(b) || isMap(b))
    throw new Misuse(`${typeName(a)} and ${typeName(b)} cannot be compared`);
  if (typeof a !== typeof b) throw new Misuse(`${typeName(a)} and ${typeName(b)} are different types`);
  return a === b;
}

/** Go's <, for numbers and texts; texts by their bytes. */
export function less(left: Known, right: Known): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  throw new Misuse(`${typeName(a)} and ${typeName(b)} have no order`);
}
