import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Issue, SourceFile } from './documents.js';
import { dig } from './manifest.js';
import { attachmentPath } from './read.js';

export interface Loaded {
  files: SourceFile[];
  /** Manifests that the files name. */
  attachments: SourceFile[];
  issues: Issue[];
}

const ours = /\.(pvn|towpath)\.ya?ml$/;

/** Finds and reads configuration files (docs/spec.md §1.2): files, folders, and `DIR/...` for all below it. */
export function loadPaths(paths: readonly string[], cwd: string): Loaded {
  const loaded: Loaded = { files: [], attachments: [], issues: [] };
  const found = [...new Set(paths.flatMap((argument) => find(argument, cwd, loaded)))].sort();
  for (const file of found) {
    const text = read(path.resolve(cwd, file), file, loaded);
    if (text === undefined) continue;
    loaded.files.push({ path: file, text });
    attach({ path: file, text }, cwd, loaded);
  }
  return loaded;
}

const unreadable = (
  file: string,
  message: string,
  code: 'FILE_UNREADABLE' | 'PATH_ESCAPE' = 'FILE_UNREADABLE',
): Issue => ({ severity: 'error', code, message, at: { file, line: 1, column: 1 } });

function find(argument: string, cwd: string, loaded: Loaded): string[] {
  const deep = argument === '...' || argument.endsWith('/...');
  const name = deep ? argument.slice(0, -3).replace(/\/$/, '') || '.' : argument;
  const full = path.resolve(cwd, name);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (!stat) {
    loaded.issues.push(unreadable(argument, `"${argument}" does not exist`));
    return [];
  }
  if (stat.isFile()) {
    if (/\.ya?ml$/.test(name)) return [name];
    loaded.issues.push(unreadable(argument, `"${argument}" is not a .yaml or .yml file`));
    return [];
  }
  const root = realpathSync(full);
  const files = walk(name, { cwd, root, deep, loaded }).filter((file) => ours.test(file));
  if (files.length === 0)
    loaded.issues.push(unreadable(argument, `"${argument}" has no file named *.pvn.yaml or *.towpath.yaml`));
  return files;
}

function walk(folder: string, of: { cwd: string; root: string; deep: boolean; loaded: Loaded }): string[] {
  return readdirSync(path.resolve(of.cwd, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return of.deep && !entry.name.startsWith('.') ? walk(name, of) : [];
    if (entry.isSymbolicLink() && ours.test(name) && !inside(path.resolve(of.cwd, name), of.root)) {
      of.loaded.issues.push(unreadable(name, 'the link leads out of its folder', 'PATH_ESCAPE'));
      return [];
    }
    return [name];
  });
}

function inside(file: string, root: string): boolean {
  try {
    return `${realpathSync(file)}/`.startsWith(`${root}/`);
  } catch {
    return false;
  }
}

function read(full: string, name: string, loaded: Loaded): string | undefined {
  try {
    if (statSync(full).size > 1024 * 1024) throw new Error('too large');
    return readFileSync(full, 'utf8');
  } catch {
    loaded.issues.push(unreadable(name, `"${name}" cannot be read, or is larger than 1 MiB`));
    return undefined;
  }
}

/** Reads what `kubernetesConfig.local.path` names, if it lies inside the file's own folder. The rest is said by the reader. */
function attach(file: SourceFile, cwd: string, loaded: Loaded): void {
  const root = realpathSync(path.dirname(path.resolve(cwd, file.path)));
  for (const local of localPaths(file.text)) {
    const name = attachmentPath(file.path, local);
    const full = path.resolve(root, local);
    if (!statSync(full, { throwIfNoEntry: false }) || !inside(full, root)) continue;
    for (const each of manifestFiles(name, path.resolve(cwd, name))) {
      if (!inside(path.resolve(cwd, each), root)) continue;
      const text = read(path.resolve(cwd, each), each, loaded);
      if (text !== undefined && !loaded.attachments.some((known) => known.path === each))
        loaded.attachments.push({ path: each, text });
    }
  }
}

function manifestFiles(name: string, full: string): string[] {
  if (!statSync(full).isDirectory()) return [name];
  return readdirSync(full)
    .filter((entry) => /\.ya?ml$/.test(entry) && !ours.test(entry))
    .sort()
    .map((entry) => path.posix.join(name, entry));
}

/** Only to know what to read: mistakes are found later, with their places. */
function localPaths(text: string): string[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false });
  return (Array.isArray(documents) ? documents : []).flatMap((document) => {
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch {
      return [];
    }
    return ['extension', 'custom'].flatMap((spelling) =>
      [['kubernetesConfig'], ['kubernetes_config']].flatMap((config) => {
        const found = dig(value, ['runtime', spelling, 'apply', ...config, 'local', 'path']);
        return typeof found === 'string' ? [found] : [];
      }),
    );
  });
}
