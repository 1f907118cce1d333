import type { ConfigCode } from '../release/codes.js';
import type { Issue } from './documents.js';

/** A path inside a document: keys and list positions. */
export type Path = readonly (string | number)[];

/** A mistake whose place is a path; the document that it was found in knows line and column. */
export interface Found {
  code: ConfigCode;
  path: Path;
  message: string;
  hint?: string;
  severity?: Issue['severity'];
  /** Point at the key, not at its value. */
  atKey?: boolean;
}

/** Errors first by file, then line, then column: the order in which a person mends them. */
export function sortIssues(issues: Issue[]): Issue[] {
  const at = ({ at: place }: Issue): [string, number, number] => [
    place?.file ?? '',
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  return [...issues].sort((a, b) => {
    const [fileA, lineA, columnA] = at(a);
    const [fileB, lineB, columnB] = at(b);
    if (fileA !== fileB) return fileA < fileB ? -1 : 1;
    return lineA - lineB || columnA - columnB;
  });
}

export const hasErrors = (issues: Issue[]): boolean => issues.some((issue) => issue.severity === 'error');
