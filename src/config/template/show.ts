import { isList, isMap, open, plain, Secret, sortedEntries, type Data, type Known } from './data.js';
import { Misuse, secretExposed } from './error.js';
import { showFloat } from './float.js';

/** No value that is printed or passed on may be longer: one action could otherwise ask for gigabytes. */
export const longest = 256 * 1024;

export function checkLength(length: number): void {
  if (length > longest) throw new Misuse('the output is longer than 256 KiB');
}

/** A value as text, as Go's %v: `map[a:1 b:2]`, `[1 2]`. What Go would print as `<no value>` is a mistake. */
export function show(value: Data): string {
  if (value === open || value === null) throw new Misuse('there is no value to print');
  const it = plain(value);
  if (typeof it === 'number') return showFloat(it);
  if (it instanceof Secret) throw new Misuse(secretExposed, 'SECRET_EXPOSED');
  if (isList(it)) return `[${joined(it, show)}]`;
  if (isMap(it)) return `map[${joined(sortedEntries(it), ([key, each]) => `${key}:${show(each)}`)}]`;
  return String(it);
}

/** Items with a space between. Stops where they become too long, before all of them are written. */
export function joined<T>(items: readonly T[], write: (item: T) => string): string {
  let length = 0;
  const texts = items.map((item) => {
    const text = write(item);
    checkLength((length += text.length + 1));
    return text;
  });
  return texts.join(' ');
}

/** All arguments, with a space between two of which neither is text. */
export function print(args: readonly Known[]): string {
  const isText = (i: number): boolean => typeof plain(args[i] ?? null) === 'string';
  return args.reduce<string>((text, arg, i) => {
    const next = `${text}${i > 0 && !isText(i) && !isText(i - 1) ? ' ' : ''}${show(arg)}`;
    checkLength(next.length);
    return next;
  }, '');
}
