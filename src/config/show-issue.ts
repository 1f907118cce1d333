import type { Issue } from './documents.js';

/** `app.pvn.yaml:9:29: error CODE: sentence`, the offending line, a caret and the hint (docs/spec.md §1.5). */
export function showIssue({ at, severity, code, message, line, caret, hint }: Issue): string {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  const first = harmless(`${place}${severity} ${code}: ${message}`);
  const advice = hint === undefined ? undefined : harmless(hint);
  if (line === undefined || line.trim() === '') return advice === undefined ? first : `${first}\n  ${advice}`;
  const indent = line.slice(0, Math.max(0, (caret ?? 1) - 1)).replace(/[^\t]/g, ' ');
  return `${first}\n  ${harmless(line)}\n  ${indent}^${advice === undefined ? '' : ` ${advice}`}`;
}

/** What a file holds is shown, never obeyed: no escape sequence of it reaches the terminal. */
const harmless = (text: string): string => text.replace(/(?!\t)[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD');
