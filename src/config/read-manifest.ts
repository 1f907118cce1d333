import type { JsonObject } from '../release/plan.js';
import { belongs, localPath } from './attachments.js';
import type { Attachment, Issue, SourceFile } from './documents.js';
import type { Found, Path } from './issue.js';
import type { Manifest } from './model.js';
import { isFields } from './schema/define.js';
import { writtenCommands } from './written-commands.js';
import type { Written } from './schema/document.js';
import type { YamlDocument } from './yaml/document.js';
import { readYaml } from './yaml/read-yaml.js';

export interface ReadManifest {
  /** Path of the command that names it. */
  at: Path;
  manifest?: Manifest;
  /** Gives what is found in the manifest its place in it. */
  issue?: YamlDocument['issue'];
  issues: Issue[];
  /** What is wrong at the place that refers to it. */
  found: Found[];
}

/** Every manifest that the commands of a document name. */
export const readManifests = (document: Written, file: string, attachments: readonly Attachment[]): ReadManifest[] =>
  writtenCommands(document).flatMap(({ at, command: { kubernetesConfig } }) => {
    const written = kubernetesConfig?.local?.path;
    if (written === undefined) return [];
    const { found, ...read } = readManifest({ file, written }, attachments);
    return [{ ...read, at, found: found.map((each) => ({ ...each, path: manifestPath(at) })) }];
  });

/** Where the manifest of a command is named. */
export const manifestPath = (command: Path): Path => [...command, 'kubernetesConfig', 'local', 'path'];

interface Reference {
  /** The file that refers to it, and `local.path` as it was written. */
  file: string;
  written: string;
}

type Read = Omit<ReadManifest, 'at' | 'found'> & { found: Omit<Found, 'path'>[] };

/** The one Job that `local.path` names (docs/spec.md §2.8, §7.4); its fields are checked when the Job is built. */
function readManifest({ file, written }: Reference, attachments: readonly Attachment[]): Read {
  const local = localPath(file, written);
  const named = attachments.filter(({ path }) => belongs(path, local));
  const files = named.flatMap((each) => ('text' in each ? [each] : []));
  const problems = named.flatMap((each) => ('problem' in each ? [each.problem] : []));
  if (local.outside && files.length === 0)
    return refuse({ code: 'PATH_ESCAPE', message: `${JSON.stringify(written)} leads out of the folder of this file` });
  if (problems.length > 0) return { issues: [], found: problems };
  if (files.length === 0)
    return refuse({ code: 'FILE_UNREADABLE', message: `${JSON.stringify(local.name)} does not exist` });
  return oneJob(files, written);
}

const refuse = (found: Omit<Found, 'path'>): Read => ({ issues: [], found: [found] });

function oneJob(files: readonly SourceFile[], path: string): Read {
  const read = files.map(readYaml);
  const issues = read.flatMap((each) => each.issues);
  if (issues.length > 0) return { issues, found: [] };
  const documents = read.flatMap((each) => each.documents);
  const [job, ...others] = documents.filter(({ value }) => isJob(value));
  const wrong = documents.find(({ value }) => !isJob(value)) ?? others[0];
  if (job && !wrong) {
    const manifest: Manifest = { kind: 'manifest', path, job: JSON.parse(JSON.stringify(job.value)) as JsonObject };
    return { manifest, issue: job.issue, issues: [], found: [] };
  }
  const names = documents.map(({ value }) => nameOf(value)).join(', ');
  const code = 'MANIFEST_KINDS';
  if (!wrong) return refuse({ code, message: `${JSON.stringify(path)} holds no object; exactly one Job is allowed` });
  const message = `exactly one Job (batch/v1) and nothing else is allowed, found: ${names}`;
  return { issues: [wrong.issue({ code, path: ['kind'], message })], found: [] };
}

const isJob = (value: unknown): boolean =>
  isFields(value) && value['apiVersion'] === 'batch/v1' && value['kind'] === 'Job';

/** `Job publish`, `ConfigMap settings`; with its version where a Job has the wrong one. */
function nameOf(value: unknown): string {
  if (!isFields(value)) return 'something that is no object';
  const { apiVersion, kind, metadata } = value;
  const name = isFields(metadata) ? (metadata['name'] ?? metadata['generateName']) : undefined;
  const version =
    kind === 'Job' && typeof apiVersion === 'string' && apiVersion !== 'batch/v1' ? ` (${apiVersion})` : '';
  return `${typeof kind === 'string' ? kind : 'an object without a kind'}${typeof name === 'string' ? ` ${name}` : ''}${version}`;
}
