/** A text, and how it is coloured: colour has no width. */
export type Cell = string | { text: string; paint: (text: string) => string };

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

/** Aligned columns under headers, two spaces apart; the last column is as wide as its text. */
export function table(headers: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const lines = [headers, ...rows];
  const widths = headers.map((_, i) => Math.max(...lines.map((line) => textOf(line[i] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, i) => pad(cell, i === headers.length - 1 ? 0 : (widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: Cell, width: number): string {
  const text = textOf(cell);
  const shown = typeof cell === 'string' ? text : cell.paint(text);
  return `${shown}${' '.repeat(Math.max(0, width - text.length))}`;
}
