/** What a template works on. Maps have no prototype to reach; an image is a map with `Tag`, shown as its reference. */
export type Data = string | number | boolean | Map<string, Data>;

/** The key under which an image keeps its full reference: not a name that a template can write. */
export const referenceKey = ' reference';

/** Go's truth: empty text, 0, false and an empty map are false. */
export const isTruthy = (value: Data): boolean =>
  value instanceof Map ? value.size > 0 : value !== '' && value !== 0 && value !== false;

/** How a value is printed. */
export function show(value: Data): string {
  if (!(value instanceof Map)) return String(value);
  const reference = value.get(referenceKey);
  if (typeof reference === 'string') return reference;
  const keys = [...value.keys()].sort();
  return `map[${keys.map((key) => `${key}:${show(value.get(key) as Data)}`).join(' ')}]`;
}
