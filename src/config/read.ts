import path from 'node:path';
import { checkFields } from './check-fields.js';
import { documentKey, kinds, type DocumentName, type Issue, type Kind, type SourceFile } from './documents.js';
import type { Path } from './issue.js';
import { sortIssues } from './issue.js';
import { readManifest } from './manifest.js';
import type { Apply, ConfigDocument } from './model.js';
import { normalize, registryHost } from './normalize.js';
import { takeRefused } from './refused.js';
import { schemas, type Written } from './schema.js';
import { spell } from './spelling.js';
import { suggestion } from './suggest.js';
import { readYaml, type YamlDocument } from './yaml.js';

/** A document whose fields are right, and where it came from. */
export interface ReadDocument {
  name: DocumentName;
  /** Identity without the kind: `my-app/my-service` for a service. */
  key: string;
  document: ConfigDocument;
  text: string;
  source: { file: string; issue: YamlDocument['issue'] };
}

/** `broken` names documents that are there but wrong, so that what refers to them is not reported a second time. */
export interface ReadResult {
  documents: ReadDocument[];
  issues: Issue[];
  broken: string[];
}

/** Files → documents, or every mistake in them. An error in one document never hides those of another. */
export function readDocuments(files: readonly SourceFile[], attachments: readonly SourceFile[]): ReadResult {
  const result: ReadResult = { documents: [], issues: [], broken: [] };
  for (const file of files) {
    const { documents, issues } = readYaml(file);
    result.issues.push(...issues);
    for (const document of documents) readOne(document, attachments, result);
  }
  duplicates(result);
  return { ...result, issues: sortIssues(result.issues) };
}

function readOne(yaml: YamlDocument, attachments: readonly SourceFile[], result: ReadResult): void {
  const spelled = spell(yaml.value);
  const issue: YamlDocument['issue'] = (found) =>
    yaml.issue({ ...found, path: written(spelled.written(found.path), yaml) });
  const report = (...found: Parameters<typeof issue>[0][]): void => void result.issues.push(...found.map(issue));
  report(...spelled.found.map((found) => found), ...takeRefused(spelled.value));
  const kind = kindOf(spelled.value, report);
  if (!kind) return;
  const body = (spelled.value as Record<string, unknown>)[kind];
  const checked = checkFields<Written[Kind]>(schemas[kind] as never, body, [kind]);
  if ('found' in checked) {
    report(...checked.found);
    const name = (body as { name?: unknown } | null | undefined)?.name;
    if (typeof name === 'string') result.broken.push(`${kind}/${name}`);
    return;
  }
  const document = build({ kind, value: checked.value, file: yaml.file, attachments, report, issues: result.issues });
  const name: DocumentName =
    document.kind === 'service'
      ? { kind, name: document.name, application: document.application }
      : { kind, name: document.name };
  const key = documentKey(name).slice(kind.length + 1);
  result.documents.push({ name, key, document, text: yaml.text, source: { file: yaml.file, issue } });
}

/** `custom` and `customRuntime` are the other spelling of one thing: a path is looked up as it was written. */
function written(at: Path, yaml: YamlDocument): Path {
  const other: Record<string, string> = { extension: 'custom', runtimeExtension: 'customRuntime' };
  return at.map((part, i) => {
    const twin = typeof part === 'string' ? other[part] : undefined;
    if (twin === undefined) return part;
    const parent = at
      .slice(0, i)
      .reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], yaml.value);
    return typeof parent === 'object' && parent !== null && !(part in parent) && twin in parent ? twin : part;
  });
}

type Report = (...found: Parameters<YamlDocument['issue']>[0][]) => void;

function kindOf(value: unknown, report: Report): Kind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report({ code: 'WRONG_TYPE', path: [], message: 'a document is a map with one of the keys ' + kinds.join(', ') });
    return undefined;
  }
  const keys = Object.keys(value);
  for (const key of keys)
    if (!(kinds as readonly string[]).includes(key))
      report({
        code: 'UNKNOWN_KEY',
        path: [key],
        atKey: true,
        message: `"${key}" is not a kind of document`,
        hint: suggestion(key, kinds),
      });
  const found = kinds.filter((kind) => keys.includes(kind));
  if (found.length > 1)
    report({
      code: 'ONE_OF',
      path: [found[1] ?? ''],
      atKey: true,
      message: `a document has one kind, this has ${found.join(' and ')}`,
    });
  if (keys.length === 0) return undefined;
  return found[0];
}

interface Building {
  kind: Kind;
  value: Written[Kind];
  file: string;
  attachments: readonly SourceFile[];
  report: Report;
  issues: Issue[];
}

function build({ kind, value, file, attachments, report, issues }: Building): ConfigDocument {
  switch (kind) {
    case 'application':
      return normalize.application(value as Written['application']);
    case 'service':
      return normalize.service(value as Written['service']);
    case 'containerRegistry': {
      const { url } = value as Written['containerRegistry'];
      if (registryHost(url) === undefined)
        report({
          code: 'BAD_VALUE',
          path: [kind, 'url'],
          message: 'must be the host of a registry, without a path',
          hint: 'put the path into imageRepository',
        });
      return normalize.containerRegistry(value as Written['containerRegistry']);
    }
    case 'runtime': {
      const runtime = value as Written['runtime'];
      return normalize.runtime(runtime, manifestOf(runtime, { file, attachments, report, issues }));
    }
  }
}

function manifestOf(
  runtime: Written['runtime'],
  { file, attachments, report, issues }: Omit<Building, 'kind' | 'value'>,
): Apply['manifest'] {
  const extension = runtime.extension ?? runtime.custom;
  const local = extension?.apply.kubernetesConfig?.local.path;
  if (extension === undefined || local === undefined) return undefined;
  const at = ['runtime', 'extension', 'apply', 'kubernetesConfig', 'local', 'path'];
  const found = attachments.filter((attachment) => belongs(attachment.path, attachmentPath(file, local)));
  if (found.length === 0) {
    const outside = path.posix.isAbsolute(local) || path.posix.normalize(local).startsWith('..');
    if (outside) report({ code: 'PATH_ESCAPE', path: at, message: `"${local}" leads out of the folder of this file` });
    else report({ code: 'FILE_UNREADABLE', path: at, message: `"${local}" cannot be read` });
    return undefined;
  }
  const read = readManifest(found, extension.proxyRuntime.containerOrchestration?.k8s.namespace);
  issues.push(...read.issues);
  return read.job && { path: local, job: read.job };
}

/** How a manifest is named beside the file that refers to it: the same on the client and on the server. */
export const attachmentPath = (file: string, local: string): string => path.posix.join(path.posix.dirname(file), local);

/** The file itself, or one directly inside the folder that was named. */
function belongs(attachment: string, named: string): boolean {
  const folder = named.replace(/\/(\.\.\.)?$/, '');
  return attachment === folder || attachment.startsWith(`${folder}/`);
}

function duplicates(result: ReadResult): void {
  const first = new Map<string, ReadDocument>();
  for (const document of result.documents) {
    const key = documentKey(document.name);
    const before = first.get(key);
    if (!before) {
      first.set(key, document);
      continue;
    }
    const { kind } = document.name;
    const there = before.source.issue({ code: 'DUPLICATE_DOCUMENT', path: [kind, 'name'], message: '' }).at;
    result.issues.push(
      document.source.issue({
        code: 'DUPLICATE_DOCUMENT',
        path: [kind, 'name'],
        message: `${key} is defined twice, first at ${there?.file}:${there?.line}:${there?.column}`,
      }),
    );
  }
}
