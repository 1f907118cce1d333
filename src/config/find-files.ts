import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { isConfigFile } from './attachments.js';
import type { Issue } from './documents.js';

/** A file as it was named, and where it really lies. */
export interface FoundFile {
  name: string;
  real: string;
}

export interface Search {
  cwd: string;
  /** What is wrong with the arguments. */
  issues: Issue[];
}

/** The files that an argument names: a file, a folder, or `DIR/...` (docs/spec.md §1.2). */
export function findFiles(argument: string, search: Search): FoundFile[] {
  const deep = argument === '...' || argument.endsWith('/...');
  const name = deep ? argument.slice(0, -3).replace(/(.)\/$/, '$1') || '.' : argument;
  const target = look(name, argument, search);
  if (!target) return [];
  if (!target.isFile) return inNamedFolder(argument, name, { root: target.real, deep, search });
  if (!deep && /\.ya?ml$/.test(name)) return [{ name, real: target.real }];
  report(search, { name: argument, what: deep ? 'is a file, and /... wants a folder' : 'is not a .yaml or .yml file' });
  return [];
}

/** A folder that was named and has nothing for us is a mistake. */
function inNamedFolder(argument: string, name: string, of: Folder): FoundFile[] {
  const before = of.search.issues.length;
  const found = inFolder(name, of);
  if (found.length === 0 && of.search.issues.length === before)
    report(of.search, {
      name: argument,
      what: 'has no file named *.pvn.yaml, *.pvn.yml, *.towpath.yaml or *.towpath.yml',
    });
  return found;
}

interface Problem {
  name: string;
  what: string;
  code?: 'FILE_UNREADABLE' | 'PATH_ESCAPE';
}

export function report({ issues }: Search, { name, what, code = 'FILE_UNREADABLE' }: Problem): void {
  const message = `${JSON.stringify(name)} ${what}`;
  issues.push({ severity: 'error', code, message, at: { file: name, line: 1, column: 1 } });
}

function look(name: string, argument: string, search: Search): { isFile: boolean; real: string } | undefined {
  try {
    const found = realpathSync(path.resolve(search.cwd, name));
    return { isFile: !statSync(found).isDirectory(), real: found };
  } catch (error) {
    report(search, { name: argument, what: reason(error) });
    return undefined;
  }
}

const words: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'is a link that leads to itself',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8',
};

/** Why the system refused, in words; its own message repeats the path and names the call. */
export function reason(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  return words[code] ?? `cannot be read (${code})`;
}

interface Folder {
  root: string;
  deep: boolean;
  search: Search;
}

function inFolder(folder: string, of: Folder): FoundFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(path.resolve(of.search.cwd, folder), { withFileTypes: true });
  } catch (error) {
    report(of.search, { name: folder, what: reason(error) });
    return [];
  }
  return entries.flatMap((entry) => inEntry(folder, entry, of));
}

function inEntry(folder: string, entry: Dirent, of: Folder): FoundFile[] {
  const name = path.posix.join(folder, entry.name);
  const enter = of.deep && !entry.name.startsWith('.');
  if (entry.isDirectory()) return enter ? inFolder(name, of) : [];
  if (entry.isSymbolicLink()) return throughLink(name, { ...of, enter });
  return isConfigFile(entry.name) ? real(name, of.search) : [];
}

function real(name: string, search: Search): FoundFile[] {
  try {
    return [{ name, real: realpathSync(path.resolve(search.cwd, name)) }];
  } catch (error) {
    report(search, { name, what: reason(error) });
    return [];
  }
}

/** A link must stay in the folder. One to a folder is not followed: what is in there is found where it lies. */
function throughLink(name: string, { root, search, enter }: Folder & { enter: boolean }): FoundFile[] {
  const target = targetOf(path.resolve(search.cwd, name));
  const wanted = isConfigFile(name);
  if (!wanted && !(enter && target?.isFolder)) return [];
  if (!target) return real(name, search);
  if (isInside(target.real, root)) return target.isFolder ? [] : [{ name, real: target.real }];
  report(search, { name, what: 'is a link that leads out of the folder', code: 'PATH_ESCAPE' });
  return [];
}

/** Undefined for a link that leads nowhere, to itself, or where nobody may look. */
function targetOf(link: string): { real: string; isFolder: boolean } | undefined {
  try {
    return { real: realpathSync(link), isFolder: statSync(link).isDirectory() };
  } catch {
    return undefined;
  }
}

/** Both paths are real ones. */
export const isInside = (real: string, root: string): boolean =>
  real === root || real.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`);
