import { quoted } from './issue.js';

/** Edit distance of short names; undefined when it is certainly more than `most`. */
function distance(a: string, b: string, most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const letter of a.split('')) {
    row = nextRow(row, letter, b);
    if (Math.min(...row) > most) return undefined;
  }
  const edits = row[b.length] ?? 0;
  return edits > most ? undefined : edits;
}

/** The distances of one letter more from each beginning of `b`. */
function nextRow(row: readonly number[], letter: string, b: string): number[] {
  const next = [(row[0] ?? 0) + 1];
  for (let j = 0; j < b.length; j++) {
    const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
    next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, replaced));
  }
  return next;
}

/** The nearest known name: at most 2 edits away, or a third of its length (docs/spec.md §1.5); or longer or shorter at its end. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const near = known.flatMap((each) => {
    const most = Math.min(Math.max(2, Math.floor(each.length / 3)), each.length - 1);
    const edits = distance(name.toLowerCase(), each.toLowerCase(), most);
    return edits === undefined ? [] : [{ each, edits }];
  });
  const [first] = near.sort((a, b) => a.edits - b.edits);
  return first?.each ?? known.find((each) => isBeginning(each, name) || isBeginning(name, each));
}

/** `my-app` of `my-application` */
const isBeginning = (part: string, whole: string): boolean => part.length > 2 && whole.startsWith(part);

/** `did you mean "staging"?`, or the names that exist. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean ${quoted(near)}?`;
  if (known.length === 0) return 'there is none';
  const more = known.length > 20 ? ` and ${known.length - 20} more` : '';
  return `known: ${known.slice(0, 20).map(quoted).join(', ')}${more}`;
}
