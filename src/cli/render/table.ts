import type { Colors } from './colors.js';
import { cut } from './text.js';

/** A text, and how it is coloured: colour has no width. */
export type Cell = string | { text: string; paint: (text: string) => string };

export interface Fit {
  /** Width of the terminal; Infinity in a pipe, where nothing is cut. */
  columns: number;
  /** Headers of the columns that name something, which are cut last; the first column unless said. */
  names?: readonly string[];
}

/** What a table needs to know of where it is shown. */
export interface TableLook {
  colors: Colors;
  columns: number;
}

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

const gap = '  ';

/** Aligned columns under headers; on a terminal what is too wide is cut, so that a row stays one line. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  { columns, names = headers.slice(0, 1) }: Fit = { columns: Infinity },
): string[] {
  const lines = [headers, ...rows];
  const natural = headers.map((_, i) => Math.max(...lines.map((line) => textOf(line[i] ?? '').length)));
  const room = Math.max(headers.length, columns - gap.length * (headers.length - 1));
  const named = headers.map((header) => names.includes(header));
  const widths = fitted(natural, named, room);
  return lines.map((line) =>
    line
      .map((cell, i) => pad(cell, widths[i] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

/** The widest give way first: those without a name, then those with one, and on a very narrow terminal all of them. */
function fitted(natural: readonly number[], named: readonly boolean[], room: number): number[] {
  const widths = natural.map((width) => Math.min(width, room));
  const narrow = (may: (column: number) => boolean, least: number): void => {
    for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
      const widest = Math.max(...widths.filter((width, i) => width > least && may(i)));
      const column = widths.findIndex((width, i) => width === widest && may(i));
      if (column < 0) return;
      widths[column] = widest - 1;
    }
  };
  narrow((i) => !named[i], 4);
  narrow((i) => named[i] === true, 4);
  narrow(() => true, 1);
  return widths;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function pad(cell: Cell, width: number): string {
  const text = cut(textOf(cell), width);
  const shown = typeof cell === 'string' ? text : cell.paint(text);
  return `${shown}${' '.repeat(Math.max(0, width - text.length))}`;
}
