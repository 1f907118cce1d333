import path from 'node:path';
import { isFields } from './schema/define.js';

/** Names of configuration files (docs/spec.md §1.2); they are never manifests. */
export const isConfigFile = (name: string): boolean => /\.(?:pvn|towpath)\.ya?ml$/.test(name);

const isManifestFile = (name: string): boolean => /\.ya?ml$/.test(name) && !isConfigFile(name);

/** What a path under `local` names: a file, a folder, or with `...` at its end a folder and all below it (docs/spec.md §2.8). */
export interface LocalPath {
  /** Beside the files as the person named them: the same for the command line and the server. */
  name: string;
  deep: boolean;
  /** It seems to lead out of the folder of the file. Links may say otherwise: the disk has the last word. */
  outside: boolean;
}

export function localPath(file: string, written: string): LocalPath {
  const deep = written === '...' || written.endsWith('/...');
  const local = deep ? written.slice(0, -3) || '.' : written;
  const name = withoutSlash(path.posix.join(path.posix.dirname(file), local));
  const inside = path.posix.normalize(local);
  return { name, deep, outside: path.posix.isAbsolute(local) || inside === '..' || inside.startsWith('../') };
}

const withoutSlash = (name: string): string => (name.length > 1 ? name.replace(/\/$/, '') : name);

/** True for the file that was named, and for the manifests in the folder that was named. */
export function belongs(attachment: string, { name, deep }: LocalPath): boolean {
  const file = path.posix.normalize(attachment);
  if (file === name) return true;
  if (!isManifestFile(file)) return false;
  const folder = path.posix.dirname(file);
  if (!deep || folder === name) return folder === name;
  return name === '.' ? !path.posix.isAbsolute(file) && !file.startsWith('../') : file.startsWith(`${name}/`);
}

/** The manifests among the names of a folder. */
export const manifestsIn = (names: readonly string[]): string[] => names.filter(isManifestFile);

/**
 * Every path under a `kubernetesConfig.local` in a document, wherever it stands and however it is spelled: only to know what to
 * read. Of a service those of its convergence extensions: elsewhere in it it is refused.
 */
export function localPathsIn(document: unknown): string[] {
  if (!isFields(document)) return [];
  const { service, ...others } = document;
  return [...search(others), ...extensionsIn(service).flatMap(search)];
}

function extensionsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(extensionsIn);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'convergenceExtensions' || key === 'convergence_extensions' ? [item] : extensionsIn(item),
  );
}

function search(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(search);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key !== 'kubernetesConfig' && key !== 'kubernetes_config') return search(item);
    const local = isFields(item) ? item['local'] : undefined;
    const { path: one, paths } = isFields(local) ? local : {};
    return [one, ...(Array.isArray(paths) ? (paths as unknown[]) : [])].filter((each) => typeof each === 'string');
  });
}
