const escape = String.fromCharCode(27);
const sequences = new RegExp(`${escape}\\[[0-9;?]*[ -/]*[@-~]`, 'g');

/** Other people's text on our terminal: one line, without anything that a terminal would obey. */
export const printable = (text: string): string =>
  text
    .replace(sequences, '')
    .replace(/[\t\n]/g, ' ')
    .replace(/\p{Cc}/gu, '');

/** At most `width` characters, the last of them an ellipsis when something is left out. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** `1 worker`, `3 workers` */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Jobs of which no run is known: how many, and the names of the first of them. */
export function unknownText({ count, names }: { count: number; names: readonly string[] }): string {
  const rest = count > names.length ? `, and ${count - names.length} more` : '';
  return `${countOf(count, 'Job')} of this installation without a known run: ${names.map(printable).join(', ')}${rest}`;
}
