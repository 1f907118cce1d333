import type { Scalar } from 'yaml';
import type { Found, Path } from '../issue.js';

/** Where a value stands in the text, and where its children do. A value that came through an alias stands at its anchor. */
export interface Spot {
  start: number;
  /** Of the key, for a value of a map. */
  key?: number;
  scalar?: Scalar;
  children?: Map<string | number, Spot>;
}

/** The offset of a mistake: of the value at its path, or of the nearest parent of one that is missing. */
export function locate(root: Spot, { path, atKey, offset }: Found, text: string): number {
  const { spot, missing } = follow(root, path);
  if (missing) return spot.start;
  if (atKey) return spot.key ?? spot.start;
  return offset === undefined ? spot.start : actionOffset(spot, offset, text);
}

/** How the scalar at a path was written. */
export const scalarSource = (root: Spot, path: Path): string | undefined => {
  const { spot, missing } = follow(root, path);
  return missing ? undefined : spot.scalar?.source;
};

function follow(root: Spot, path: Path): { spot: Spot; missing: boolean } {
  let spot = root;
  for (const part of path) {
    const next = spot.children?.get(part);
    if (!next) return { spot, missing: true };
    spot = next;
  }
  return { spot, missing: false };
}

/**
 * The place in the file of the action at `offset` of a text. The n-th `{{` of the text is the n-th of what was written,
 * whatever quotes, folds or indentation stand between, unless braces were written as escapes: then the text's own place.
 */
function actionOffset({ start, scalar }: Spot, offset: number, text: string): number {
  const value = scalar?.value;
  if (typeof value !== 'string' || !scalar?.range) return start;
  const [begin, end] = scalar.range;
  const header = scalar.type?.startsWith('BLOCK') === true ? text.indexOf('\n', begin) : begin;
  if (scalar.type === 'BLOCK_LITERAL') return header + 1 + inLiteral(text.slice(header + 1, end), value, offset);
  const written = braces(text.slice(header, end));
  const read = braces(value);
  const found = written.length === read.length ? written[read.indexOf(offset)] : undefined;
  return found === undefined ? start : header + found;
}

/** In `|` every line is written as it is, but for the indentation. */
function inLiteral(written: string, value: string, offset: number): number {
  const before = value.slice(0, offset).split('\n');
  const line = before.length - 1;
  const lines = written.split('\n');
  const indent = (lines[line]?.replace(/\r$/, '').length ?? 0) - (value.split('\n')[line]?.length ?? 0);
  const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  return start + Math.max(0, indent) + (before[line]?.length ?? 0);
}

function braces(text: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2)) found.push(at);
  return found;
}
