import type { Issue, SourceFile } from '../documents.js';
import type { Found, Path } from '../issue.js';
import { locate, scalarSource, type Spot } from './spot.js';
import type { Source } from './source.js';

/** One document of a file: its value, its text, and where things are in it. */
export interface YamlDocument {
  file: string;
  /** Maps have no prototype; lists, texts, numbers, booleans and null. */
  value: unknown;
  text: string;
  /** Gives a mistake its line and column. */
  issue: (found: Found) => Issue;
  /** How a bare scalar was written: `4.10`, which reads as 4.1. */
  written: (path: Path) => string | undefined;
}

interface Parts {
  source: Source;
  value: unknown;
  spot: Spot;
  range: { start: number; end: number };
}

export function yamlDocument({ source, value, spot, range }: Parts): YamlDocument {
  return {
    file: source.path,
    value,
    text: ownText(source, range),
    issue: (found) => source.issue(found, locate(spot, found, source.text)),
    written: (path) => scalarSource(spot, path),
  };
}

/** From the end of the document before, without the marker that begins it: it can be read again as the same document. */
function ownText({ text }: SourceFile, { start, end }: { start: number; end: number }): string {
  const all = text.slice(start, end);
  const marker = /^---(?=\s|$)[ \t]*\r?\n?/m.exec(all);
  const before = marker && /^(?:[ \t]*(?:#[^\n]*)?\n|[%.][^\n]*\n)*$/.test(all.slice(0, marker.index));
  const remarks = before ? all.slice(0, marker.index).replace(/^[%.][^\n]*\n/gm, '') : '';
  const body = before ? all.slice(marker.index + marker[0].length) : all;
  return (remarks + body).replace(/^(?:[ \t]*\r?\n)+/, '');
}
