import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { localPath, localPathsIn, manifestsIn, type LocalPath } from './attachments.js';
import type { Attachment, Issue, SourceFile } from './documents.js';
import { findFiles, isInside, reason, report, type FoundFile, type Search } from './find-files.js';
import { compareBytes } from './issue.js';
import { limits } from './yaml/limits.js';
import { readYaml } from './yaml/read-yaml.js';

export interface Loaded {
  files: SourceFile[];
  /** Manifests that the files name, or why they could not be read. */
  attachments: Attachment[];
  /** What is wrong with the arguments and the files themselves. */
  issues: Issue[];
}

/** Finds and reads configuration files and what they refer to (docs/spec.md §1.2, §2.8). Reading only: nothing is judged here. */
export function loadPaths(paths: readonly string[], cwd: string): Loaded {
  const search: Search = { cwd, issues: [] };
  const found = paths.flatMap((argument) => findFiles(argument, search));
  const loaded: Loaded = { files: [], attachments: [], issues: search.issues };
  for (const file of onceEach(found)) {
    const text = read(file.real);
    if ('problem' in text) {
      report(search, { name: file.name, what: text.problem });
      continue;
    }
    const source: SourceFile = { path: file.name, text: text.text };
    loaded.files.push(source);
    const folder = realpathSync(path.dirname(path.resolve(cwd, file.name)));
    for (const written of localPathsOf(source))
      loaded.attachments.push(...attachmentsOf(localPath(file.name, written), { folder, cwd }));
  }
  return { ...loaded, attachments: uniquePaths(loaded.attachments) };
}

/** In byte order of the names; a file that was named twice is read once. */
function onceEach(files: readonly FoundFile[]): FoundFile[] {
  const sorted = [...files].sort((a, b) => compareBytes(a.name, b.name));
  return sorted.filter(({ real }, i) => sorted.findIndex((each) => each.real === real) === i);
}

/** Several documents may name one manifest. */
const uniquePaths = (attachments: readonly Attachment[]): Attachment[] => [
  ...new Map(attachments.map((each) => [each.path, each])).values(),
];

const localPathsOf = (file: SourceFile): string[] =>
  readYaml(file).documents.flatMap(({ value }) => localPathsIn(value));

/** UTF-8 and nothing else: a wrong byte would silently become another character. */
function read(real: string): { text: string } | { problem: string } {
  try {
    const stat = statSync(real);
    if (!stat.isFile()) return { problem: 'is not a file' };
    if (stat.size > limits.fileBytes) return { problem: 'is larger than 1 MiB' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(real)) };
  } catch (error) {
    return { problem: reason(error) };
  }
}

interface Beside {
  /** Real folder of the file that names it: nothing outside is read. */
  folder: string;
  cwd: string;
}

/** What a path names, file by file; or why not, once for the whole path. */
function attachmentsOf(local: LocalPath, beside: Beside): Attachment[] {
  const full = path.resolve(beside.cwd, local.name);
  const refusal = refusalOf(local.name, full, beside);
  if (refusal) return [refusal];
  const problem = (message: string): Attachment[] => [unreadable(local.name, message)];
  try {
    if (!statSync(full).isDirectory())
      return local.deep ? problem('is a file, and /... wants a folder') : [attachment(local.name, beside)];
    const names = below(local.name, { cwd: beside.cwd, deep: local.deep });
    return names.length > 0 ? names.map((name) => attachment(name, beside)) : problem('has no .yaml or .yml file');
  } catch (error) {
    return problem(reason(error));
  }
}

const unreadable = (name: string, what: string): Attachment => ({
  path: name,
  problem: { code: 'FILE_UNREADABLE', message: `${JSON.stringify(name)} ${what}` },
});

function attachment(name: string, beside: Beside): Attachment {
  const full = path.resolve(beside.cwd, name);
  const refusal = refusalOf(name, full, beside);
  if (refusal) return refusal;
  const text = read(full);
  return 'problem' in text ? unreadable(name, text.problem) : { path: name, text: text.text };
}

/** What is not there, or lies elsewhere once links are resolved. */
function refusalOf(name: string, full: string, { folder }: Beside): Attachment | undefined {
  try {
    if (isInside(realpathSync(full), folder)) return undefined;
  } catch (error) {
    return unreadable(name, reason(error));
  }
  const message = `${JSON.stringify(name)} leads out of the folder of this file`;
  return { path: name, problem: { code: 'PATH_ESCAPE', message } };
}

/** Names of the manifests in a folder, in byte order. Throws what the system answers for a folder that may not be read. */
function below(folder: string, of: { cwd: string; deep: boolean }): string[] {
  const entries = readdirSync(path.resolve(of.cwd, folder), { withFileTypes: true });
  const folders = entries.filter((entry) => of.deep && entry.isDirectory() && !entry.name.startsWith('.'));
  const files = manifestsIn(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  return [
    ...files.map((name) => path.posix.join(folder, name)),
    ...folders.flatMap(({ name }) => below(path.posix.join(folder, name), of)),
  ].sort(compareBytes);
}
