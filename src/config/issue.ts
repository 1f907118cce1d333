import type { ErrorCode } from '../release/codes.js';
import type { Issue } from './documents.js';

/** A path inside a document: keys and list positions. */
export type Path = readonly (string | number)[];

/** A mistake whose place is a path; the document that it was found in knows line and column. */
export interface Found {
  code: ErrorCode;
  path: Path;
  message: string;
  hint?: string | undefined;
  severity?: Issue['severity'];
  /** Point at the key, not at its value. */
  atKey?: boolean;
  /** Where in the text at `path`: the action of a template. */
  offset?: number | undefined;
}

/** Text of a person inside a message: quoted, never long, and without control characters that a terminal would obey. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return JSON.stringify(short);
}

/** `runtime.extension.apply`, `application.releaseChannels[1]`. */
export const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

/** Each once, by file, then line, then column: the order in which a person mends them. */
export function sortIssues(issues: readonly Issue[]): Issue[] {
  const keyOf = ({ at, code, message }: Issue): string => JSON.stringify([at, code, message]);
  return [...new Map(issues.map((issue) => [keyOf(issue), issue])).values()].sort((a, b) => {
    const [left, right] = [a.at, b.at];
    if (!left || !right) return Number(right === undefined) - Number(left === undefined);
    if (left.file !== right.file) return compareBytes(left.file, right.file);
    return left.line - right.line || left.column - right.column;
  });
}

/** The order of the UTF-8 bytes, which is that of the code points; JavaScript's own is that of UTF-16 units. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const hasErrors = (issues: readonly Issue[]): boolean => issues.some((issue) => issue.severity === 'error');
