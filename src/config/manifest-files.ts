import path from 'node:path';
import ignore from 'ignore';
import { belongs, localPath, type LocalPath } from './attachments.js';
import type { Attachment, SourceFile } from './documents.js';
import type { Found } from './issue.js';

export type Problem = Omit<Found, 'path'>;

/** Which files of a folder are meant (docs/spec.md §2.8). */
export interface Patterns {
  includePatterns?: string[] | undefined;
  excludePatterns?: string[] | undefined;
}

interface Reference extends Patterns {
  /** The file that refers to it, and the path as it was written. */
  file: string;
  written: string;
}

/** Matching takes time that grows quickly with the depth, and nobody nests manifests as deep as this. */
const deepest = 20;

/** The files that a path names, in byte order; or what is wrong with it. */
export function filesOf(
  { file, written, ...patterns }: Reference,
  attachments: readonly Attachment[],
): { files: SourceFile[] } | { problems: Problem[] } {
  const local = localPath(file, written);
  const named = attachments.filter((each) => belongs(each.path, local));
  const chosen = named.filter((each) => isMeant(inFolder(each, local), patterns));
  const files = chosen.flatMap((each) => ('text' in each ? [each] : []));
  const problems = chosen.flatMap((each) => ('problem' in each ? [each.problem] : []));
  const refuse = (code: 'PATH_ESCAPE' | 'FILE_UNREADABLE', message: string) => ({ problems: [{ code, message }] });
  if (local.outside && files.length === 0)
    return refuse('PATH_ESCAPE', `${JSON.stringify(written)} leads out of the folder of this file`);
  if (problems.length > 0) return { problems };
  if (files.length > 0) return { files };
  return named.length > 0
    ? refuse('FILE_UNREADABLE', `the patterns leave no file of ${JSON.stringify(local.name)}`)
    : refuse('FILE_UNREADABLE', `${JSON.stringify(local.name)} does not exist`);
}

/** Its name below the folder; empty for a file that was named itself. */
function inFolder(attachment: Attachment, { name }: LocalPath): string {
  const file = path.posix.normalize(attachment.path);
  if (file === name) return '';
  return name === '.' ? file : file.slice(name.length + 1);
}

/** Patterns choose among the files of a folder; a file that was named itself is meant. */
function isMeant(name: string, { includePatterns = [], excludePatterns = [] }: Patterns): boolean {
  if (name === '' || includePatterns.length + excludePatterns.length === 0) return true;
  if (name.split('/').length > deepest) return false;
  const matches = (patterns: readonly string[]): boolean => ignore({ ignorecase: false }).add(patterns).ignores(name);
  return (includePatterns.length === 0 || matches(includePatterns)) && !matches(excludePatterns);
}
