/**
 * Not known yet: a value that only a release can give. Whatever depends on it is open too, so that a template can be
 * checked without values and nothing is reported that a value could make right.
 */
export const open: unique symbol = Symbol('open');
export type Open = typeof open;

/** An image: as a value its full reference, with `.Tag` beside it (docs/spec.md §6.5). */
export class Image {
  readonly reference: string;
  readonly tag: string;

  constructor(reference: string, tag: string) {
    this.reference = reference;
    this.tag = tag;
  }
}

/** A reference to a Kubernetes Secret. No template may do anything with it: what it stands for never passes through here. */
export class Secret {
  readonly name: string;
  readonly key: string;

  constructor(name: string, key: string) {
    this.name = name;
    this.key = key;
  }
}

export type DataMap = ReadonlyMap<string, Data>;
/** What a template works on. A bigint is Go's int, a number its float64, null its nil. Nothing here has a prototype to reach. */
export type Known = string | bigint | number | boolean | null | Image | Secret | readonly Data[] | DataMap;
export type Data = Known | Open;

export const isMap = (value: Data): value is DataMap => value instanceof Map;
export const isList = (value: Data): value is readonly Data[] => Array.isArray(value);

/** An image is its reference wherever a value is wanted. */
export const plain = <T extends Known>(value: T): Exclude<T, Image> | string =>
  value instanceof Image ? value.reference : (value as Exclude<T, Image>);

/** Open itself, or with something open in it. */
export function hasOpen(value: Data): boolean {
  if (value === open) return true;
  if (isList(value)) return value.some(hasOpen);
  return isMap(value) && [...value.values()].some(hasOpen);
}

/** Go's truth: empty text, 0, false, nil, and a list or map without items are false. */
export function isTruthy(value: Known): boolean {
  const it = plain(value);
  if (isList(it)) return it.length > 0;
  return isMap(it) ? it.size > 0 : Boolean(it);
}

/** Maps are gone through in the order of their keys' bytes. */
export const sortedEntries = (map: DataMap): [string, Data][] =>
  [...map].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export function typeName(value: Known): string {
  const it = plain(value);
  if (it === null) return 'nothing';
  if (isList(it)) return 'a list';
  if (isMap(it)) return 'a map';
  if (it instanceof Secret) return 'a secret';
  const names: Record<string, string> = {
    string: 'text',
    bigint: 'a whole number',
    number: 'a float',
    boolean: 'a boolean',
  };
  return names[typeof it] ?? 'a value';
}
