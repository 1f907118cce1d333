import type { Issue, SourceFile } from '../documents.js';
import type { Found } from '../issue.js';

const longestLine = 160;

/** A text whose offsets can be turned into lines and columns. */
export class Source implements SourceFile {
  readonly path: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor({ path, text }: SourceFile) {
    this.path = path;
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  /** A mistake at an offset, with the line to show under it. */
  issue({ code, path, message, hint, severity = 'error' }: Found, offset: number): Issue {
    const line = this.#lineOf(Math.min(Math.max(0, offset), this.text.length));
    const start = this.#lineStarts[line] ?? 0;
    const end = this.#lineStarts[line + 1] ?? this.text.length + 1;
    const text = this.text.slice(start, end - 1).replace(/\r$/, '');
    const column = Math.min(offset - start, text.length) + 1;
    return {
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      at: { file: this.path, line: line + 1, column },
      ...(path.length === 0 ? {} : { path: path.join('.') }),
      ...excerpt(text, column),
    };
  }

  /** Index of the last line that begins at or before the offset. */
  #lineOf(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The line, or the part of a very long one that a person can still read. */
function excerpt(line: string, column: number): { line: string; caret: number } {
  if (line.length <= longestLine) return { line, caret: column };
  const start = Math.max(0, Math.min(column - 1 - longestLine / 2, line.length - longestLine));
  return { line: line.slice(start, start + longestLine), caret: column - start };
}
