import type { z } from 'zod';
import type { JsonObject } from '../release/plan.js';
import type { Attachment, Issue, KeptManifest, SourceFile } from './documents.js';
import type { Found, Path } from './issue.js';
import { filesOf } from './manifest-files.js';
import type { Manifest } from './model.js';
import { isFields } from './schema/define.js';
import type { Written } from './schema/document.js';
import type { KubernetesConfig } from './schema/kubernetes-config.js';
import { writtenCommands } from './written-commands.js';
import { readYaml } from './yaml/read-yaml.js';

export interface ReadManifest {
  /** Path of the command that names it. */
  at: Path;
  /** Absent when it could not be read, which the issues say. */
  manifest?: Manifest;
  /** Gives what is found in the manifest its place in it. */
  issue?: Place;
  issues: Issue[];
}

type Place = (found: Found) => Issue;

interface Referring {
  file: string;
  attachments: readonly Attachment[];
  /** Places what is wrong with the document itself. */
  place: Place;
}

/** The manifest of every command of a document that has one. */
export const readManifests = (document: Written, of: Referring): ReadManifest[] =>
  writtenCommands(document).flatMap(({ at, command: { kubernetesConfig: config } }) => {
    if (!config) return [];
    const path = [...at, 'kubernetesConfig'];
    const read = readOne(config, path, of);
    if (read?.manifest && config.envInjectionMode === 'ENV_INJECT_DISABLED') read.manifest.noEnv = true;
    return read ? [{ ...read, at }] : [];
  });

type Config = z.infer<typeof KubernetesConfig>;
type Read = Omit<ReadManifest, 'at'>;

function readOne({ inlined, local }: Config, path: Path, of: Referring): Read | undefined {
  if (inlined !== undefined) return fromText(inlined, [...path, 'inlined'], of.place);
  return local && fromFiles(local, [...path, 'local'], of);
}

/** The one Job in what `local` names (docs/spec.md §2.8, §7.4); its fields are checked when the Job is built. */
function fromFiles(
  local: NonNullable<Config['local']>,
  path: Path,
  { file, attachments, place }: Referring,
): Read | undefined {
  const { path: written, paths, ...patterns } = local;
  const single = written === undefined ? [] : [{ written, at: [...path, 'path'] }];
  const named = paths?.map((each, i) => ({ written: each, at: [...path, 'paths', i] })) ?? single;
  const [first] = named;
  if (!first) return undefined;
  const name = filesNamed(local);
  const kept = attachments.find((each): each is KeptManifest => 'kept' in each && each.path === name);
  const found = named.map((each) => ({
    ...each,
    ...(kept ? { files: [kept] } : filesOf({ file, written: each.written, ...patterns }, attachments)),
  }));
  const issues = found.flatMap((each) =>
    'problems' in each ? each.problems.map((problem) => place({ ...problem, path: each.at })) : [],
  );
  if (issues.length > 0) return { issues };
  const files = new Set(found.flatMap((each) => ('files' in each ? each.files : [])));
  const { job, ...read } = oneJob([...files], (message) =>
    place({ code: 'MANIFEST_KINDS', path: first.at, message: `${JSON.stringify(name)} ${message}` }),
  );
  return job ? { ...read, manifest: { kind: 'manifest', path: name, job } } : read;
}

/** What people, and a document that is read once more, know the files of a manifest by. */
function filesNamed({
  path,
  paths = [],
  includePatterns = [],
  excludePatterns = [],
}: NonNullable<Config['local']>): string {
  const patterns = [...includePatterns, ...excludePatterns.map((pattern) => `not ${pattern}`)];
  const names = [path, ...paths].filter((each) => each !== undefined).join(', ');
  return patterns.length === 0 ? names : `${names} (${patterns.join(', ')})`;
}

/** A manifest inside of the document: what is found in it is placed there. */
function fromText(text: string, path: Path, place: Place): Read {
  const inside = (issue: Issue): Issue => place(inText(issue, text, path));
  const { job, ...read } = oneJob([{ path: '', text }], (message) =>
    place({ code: 'MANIFEST_KINDS', path, message: `this text ${message}` }),
  );
  const issues = read.issues.map((issue) => (issue.at?.file === '' ? inside(issue) : issue));
  const { issue } = read;
  if (!job || !issue) return { issues };
  return { issues, manifest: { kind: 'manifest', job }, issue: (found) => inside(issue(found)) };
}

/** What was found at a line and column of a text, as found at its offset in the text at `path`. */
export function inText({ code, severity, message, hint, at }: Issue, text: string, path: Path): Found {
  const before = text.split('\n').slice(0, (at?.line ?? 1) - 1);
  const offset = before.reduce((sum, line) => sum + line.length + 1, 0) + (at?.column ?? 1) - 1;
  return { code, severity, message, hint, path, offset };
}

type OneJob = Pick<ReadManifest, 'issue' | 'issues'> & { job?: JsonObject };

function oneJob(files: readonly SourceFile[], nothing: (message: string) => Issue): OneJob {
  const read = files.map(readYaml);
  const issues = read.flatMap((each) => each.issues);
  if (issues.length > 0) return { issues };
  const documents = read.flatMap((each) => each.documents);
  const [job, ...others] = documents.filter(({ value }) => isJob(value));
  const wrong = documents.find(({ value }) => !isJob(value)) ?? others[0];
  if (job && !wrong) return { job: JSON.parse(JSON.stringify(job.value)) as JsonObject, issue: job.issue, issues: [] };
  if (!wrong) return { issues: [nothing('holds no object; exactly one Job is allowed')] };
  const names = documents.map(({ value }) => nameOf(value)).join(', ');
  const message = `exactly one Job (batch/v1) and nothing else is allowed, found: ${names}`;
  return { issues: [wrong.issue({ code: 'MANIFEST_KINDS', path: ['kind'], message })] };
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
