import { digestOf } from './canonical.js';
import { documentKey, type Attachment, type DocumentName, type Issue, type SourceFile } from './documents.js';
import { identityOf, type Identity } from './identity.js';
import { showPath, sortIssues, type Found, type Path } from './issue.js';
import type { ConfigDocument, Manifest } from './model.js';
import { normalize } from './normalize/index.js';
import { readManifests, type ReadManifest } from './read-manifest.js';
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

/** A mistake in a document, or in the manifest of the command at `inManifest`. */
export type Placed = Found & { inManifest?: Path | undefined };

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
  const place = (each: Found): Issue => yaml.issue({ ...each, path: checked.written(each.path) });
  const manifests = value ? readManifests(value, { file: yaml.file, attachments, place }) : [];
  result.issues.push(...manifests.flatMap(({ issues }) => issues));
  const usable = complete && manifests.every(({ manifest }) => manifest);
  const manifestAt = (at: Path): Manifest | undefined => manifestOf(manifests, at)?.manifest;
  const document = value && usable ? normalize(value, manifestAt) : undefined;
  if (document) result.documents.push(readDocument(document, { yaml, manifests, written: checked.written }));
  else result.broken.push(identity.key);
}

const manifestOf = (manifests: readonly ReadManifest[], at: Path): ReadManifest | undefined =>
  manifests.find((each) => showPath(each.at) === showPath(at));

type PathAsWritten = (path: Path) => Path;

interface From {
  yaml: YamlDocument;
  manifests: readonly ReadManifest[];
  written: PathAsWritten;
}

const readDocument = (document: ConfigDocument, { yaml, manifests, written }: From): ReadDocument => ({
  ...named(document),
  document,
  text: yaml.text,
  digest: digestOf({ document, text: yaml.text.trimEnd() }),
  issue: ({ inManifest, ...found }) => {
    const manifest = inManifest && manifestOf(manifests, inManifest);
    return manifest?.issue ? manifest.issue(found) : yaml.issue({ ...found, path: written(found.path) });
  },
});

function named(document: ConfigDocument): Pick<ReadDocument, 'name' | 'key'> {
  const { kind, name } = document;
  const full: DocumentName = kind === 'service' ? { kind, name, application: document.application } : { kind, name };
  return { name: full, key: documentKey(full).slice(kind.length + 1) };
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
