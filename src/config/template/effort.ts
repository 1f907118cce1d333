import { isList, isMap, type Data } from './data.js';

/** How many steps it is to read or make these values: one for each 4,096 characters of text and items of lists and maps. */
export const effort = (values: readonly Data[]): number =>
  Math.floor(
    values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : items(value)), 0) / 4096,
  );

/** Texts inside of a list or a map are not read where it is an argument. */
function items(value: Data): number {
  if (isList(value)) return value.reduce<number>((sum, each) => sum + 1 + items(each), 0);
  return isMap(value) ? items([...value.values()]) : 0;
}
