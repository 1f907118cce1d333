import type { Issue } from '../../src/config/documents.js';
import { hasErrors, sortIssues } from '../../src/config/issue.js';
import { readDocuments } from '../../src/config/read.js';
import { validate } from '../../src/config/validate.js';

/**
 * A case of `mistakes/*.txt`: files with a line under each mistake that says where it is and what. The lines are made as
 * `showIssue` shows them, so that a case reads like the answer of `configs validate`.
 *
 *     === title
 *     --- file vm.pvn.yaml          or: attachment PATH, stored, server
 *     runtime:
 *       nam: vm
 *       ^ UNKNOWN_KEY: "nam" is not a field of runtime | did you mean "name"?
 */
export interface Case {
  title: string;
  sections: Section[];
}

interface Section {
  kind: 'file' | 'attachment' | 'stored' | 'server';
  path: string;
  lines: string[];
}

const mark = /^\s*\^ (?:warning |note )?[A-Z_]+: /;

/** The cases of a file, with the lines that mark mistakes. */
export function parseCases(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.trimEnd().split('\n');
      const sections: Section[] = [];
      for (const line of lines) {
        const [, kind, path = ''] = /^--- (file|attachment|stored|server) ?(.*)$/.exec(line) ?? [];
        if (kind !== undefined) sections.push({ kind: kind as Section['kind'], path, lines: [] });
        else sections.at(-1)?.lines.push(line);
      }
      return { title, sections };
    });
}

export const showCase = ({ title, sections }: Case): string =>
  [`=== ${title}`, ...sections.flatMap(({ kind, path, lines }) => [`--- ${kind} ${path}`.trimEnd(), ...lines])].join(
    '\n',
  );

/** What is found in the files of a case, with and without a server. */
export function issuesOf({ sections }: Case): Issue[] {
  const sources = (kind: Section['kind']): { path: string; text: string }[] =>
    sections
      .filter((each) => each.kind === kind)
      .map(({ path, lines }) => ({ path, text: `${written(lines).join('\n')}\n` }));
  const stored = readDocuments(sources('stored'), []);
  if (hasErrors(stored.issues)) throw new Error(`what is stored has mistakes: ${JSON.stringify(stored.issues)}`);
  const read = readDocuments(sources('file'), sources('attachment'));
  const server = sections.some(({ kind }) => kind === 'server');
  const more = validate(
    read,
    stored.documents.map(({ document }) => document),
    { server },
  );
  return sortIssues([...read.issues, ...more]);
}

const written = (lines: readonly string[]): string[] => lines.filter((line) => !mark.test(line));

/** The same case with the mistakes marked that are found in it. */
export function annotate({ title, sections }: Case, issues: readonly Issue[]): Case {
  return {
    title,
    sections: sections.map(({ kind, path, lines }) => ({
      kind,
      path,
      lines: written(lines).flatMap((line, i) => {
        const here = issues.filter(({ at }) => at?.file === path && at.line === i + 1 && kind !== 'stored');
        return [line, ...here.map(markOf)];
      }),
    })),
  };
}

const markOf = ({ severity, code, message, hint, at }: Issue): string => {
  const kind = severity === 'error' ? '' : `${severity} `;
  return `${' '.repeat((at?.column ?? 1) - 1)}^ ${kind}${code}: ${message}${hint === undefined ? '' : ` | ${hint}`}`;
};
