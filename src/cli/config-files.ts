import type { Issue } from '../config/documents.js';
import { hasErrors, sortIssues } from '../config/issue.js';
import { loadPaths } from '../config/load.js';
import { showIssue } from '../config/show-issue.js';
import type { ConfigsAnswer, ConfigsBody } from '../server/api.js';
import type { Context } from './context.js';
import { IssuesError } from './issues-error.js';
import { table } from './render/table.js';
import { countOf } from './render/text.js';

/** What the paths name, as the server wants it; files that cannot be read are all named before it gives up. */
export function loadFiles(context: Context, paths: readonly string[]): ConfigsBody {
  const { files, attachments, issues } = loadPaths(paths, context.cwd);
  if (hasErrors(issues)) throw invalid(issues, 'not every file could be read');
  showIssues(context, issues);
  return { files, attachments };
}

/** Each with its place, line and caret, on stderr, in the order in which a person mends them. */
export function showIssues({ io, json }: Context, issues: Issue[]): void {
  if (json) return;
  for (const issue of sortIssues(issues)) io.err(showIssue(issue));
}

/** The error that such files are, with its issues in the order in which a person mends them. */
export const invalid = (issues: readonly Issue[], detail: string): IssuesError =>
  new IssuesError({ code: 'CONFIG_INVALID', detail, issues: sortIssues(issues) });

export const summary = (count: number): string => `${countOf(count, 'document')}: no errors`;

/** What applying would change, or did. */
export function changesTable({ colors, columns }: Context, { documents }: ConfigsAnswer): string[] {
  const paint = { new: colors.green, changed: colors.yellow, forced: colors.yellow, unchanged: colors.dim };
  return table(
    ['DOCUMENT', 'CHANGE', 'VERSION'],
    documents.map(({ kind, key, change, version }) => [
      `${kind}/${key}`,
      { text: change, paint: paint[change] },
      version === undefined ? '' : String(version),
    ]),
    { columns },
  );
}

/** Stores what a verb wrote for the person, who sees what became of it. */
export function showStored(context: Context, answer: ConfigsAnswer): number {
  showIssues(context, answer.issues);
  context.answer(answer, () => changesTable(context, answer));
  return hasErrors(answer.issues) ? 1 : 0;
}
