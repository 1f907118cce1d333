import { digestOf } from './canonical.js';
import { documentKey, type Attachment, type DocumentName, type Issue, type SourceFile } from './documents.js';
import { identityOf, type Identity } from './identity.js';
import { sortIssues, type Found, type Path } from './issue.js';
import type { ConfigDocument } from './model.js';
import { normalize } from './normalize/index.js';
import { manifestPath, readManifest, type ReadManifest } from './read-manifest.js';
import { checkFields } from './schema/check-fields.js';
import { Document, type Written } from './schema/document.js';
import type { YamlDocument } from './yaml/document.js';
import { readYaml } from './yaml/read-yaml.js';

/** A document that could be read, and where it came from. It may still have mistakes that leave the rest usable. */
export interface ReadDocument {
  name: DocumentName;
  /** Identity without the kind: `my-app/my-service` for a service. */
  key: string;
  /** Normalised, JSON: what is stored, planned from and compared. */
  document: ConfigDocument;
  /** As it was written, for people. */
  text: string;
  /** SHA-256 of text and document: another digest is another config version. */
  digest: string;
  /** Gives a mistake its line and column, in the file or in the manifest that it refers to. */
  issue: (found: Placed) => Issue;
}

/** A mistake in a document, or in the manifest of its command. */
export type Placed = Found & { inManifest?: boolean | undefined };

export interface ReadResult {
  documents: ReadDocument[];
  issues: Issue[];
  /** Keys of documents that are there but wrong, so that what refers to them is not reported a second time. */
  broken: string[];
}

/** Files → documents, and every mistake in them. An error in one document never hides those of another. Never throws. */
export function readDocuments(files: readonly SourceFile[], attachments: readonly Attachment[]): ReadResult {
  const result: ReadResult = { documents: [], issues: [], broken: [] };
  const reading: Reading = { attachments, result, places: new Map() };
  for (const file of files) {
    const { documents, broken, issues } = readYaml(file);
    result.issues.push(...issues);
    result.broken.push(...broken.map((value) => identityOf(value).key));
    for (const document of documents) readOne(document, reading);
  }
  return { ...result, issues: sortIssues(result.issues) };
}

interface Reading {
  attachments: readonly Attachment[];
  result: ReadResult;
  /** Where each identity was defined first. */
  places: Map<string, Issue['at']>;
}

function readOne(yaml: YamlDocument, reading: Reading): void {
  const { attachments, result } = reading;
  const checked = checkFields<Written>(Document, yaml.value, yaml.written);
  const { value, found, complete } = checked;
  result.issues.push(...found.map((each) => yaml.issue(each)));
  const identity = identityOf(yaml.value);
  twice(yaml, identity, reading);
  const manifest = value && manifestOf(value, yaml.file, attachments);
  if (manifest) result.issues.push(...manifestIssues(manifest, yaml, checked.written));
  const document = value && complete ? normalize(value, manifest?.manifest) : undefined;
  if (document) result.documents.push(readDocument(document, { yaml, manifest, written: checked.written }));
  else result.broken.push(identity.key);
}

type PathAsWritten = (path: Path) => Path;

const manifestIssues = ({ found, issues }: ReadManifest, yaml: YamlDocument, written: PathAsWritten): Issue[] => [
  ...found.map((each) => yaml.issue({ ...each, path: written(manifestPath) })),
  ...issues,
];

interface From {
  yaml: YamlDocument;
  manifest: ReadManifest | undefined;
  written: PathAsWritten;
}

const readDocument = (document: ConfigDocument, { yaml, manifest, written }: From): ReadDocument => ({
  ...named(document),
  document,
  text: yaml.text,
  digest: digestOf({ document, text: yaml.text.trimEnd() }),
  issue: ({ inManifest, ...found }) =>
    inManifest && manifest?.issue ? manifest.issue(found) : yaml.issue({ ...found, path: written(found.path) }),
});

function named(document: ConfigDocument): Pick<ReadDocument, 'name' | 'key'> {
  const { kind, name } = document;
  const full: DocumentName = kind === 'service' ? { kind, name, application: document.application } : { kind, name };
  return { name: full, key: documentKey(full).slice(kind.length + 1) };
}

function manifestOf({ runtime }: Written, file: string, attachments: readonly Attachment[]): ReadManifest | undefined {
  const written = runtime?.extension?.apply.kubernetesConfig?.local?.path;
  return written === undefined ? undefined : readManifest({ file, written }, attachments);
}

function twice(yaml: YamlDocument, { key, kind }: Identity, { result, places }: Reading): void {
  if (kind === undefined || key.endsWith('*')) return;
  const first = places.get(key);
  const issue = yaml.issue({
    code: 'DUPLICATE_DOCUMENT',
    path: [kind, 'name'],
    message: `${key} is defined twice, first at ${first?.file}:${first?.line}:${first?.column}`,
  });
  if (first) result.issues.push(issue);
  else places.set(key, issue.at);
}
