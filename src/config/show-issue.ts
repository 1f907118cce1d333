import type { Issue } from './documents.js';

/** `app.pvn.yaml:9:29: error CODE: sentence`, the offending line, a caret and the hint (docs/spec.md §1.5). */
export function showIssue({ at, severity, code, message, line, hint }: Issue): string {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  const first = `${place}${severity} ${code}: ${message}`;
  if (line === undefined || !at) return hint === undefined ? first : `${first}\n  ${hint}`;
  const caret = `${' '.repeat(Math.max(0, at.column - 1))}^${hint === undefined ? '' : ` ${hint}`}`;
  return `${first}\n  ${line}\n  ${caret}`;
}
