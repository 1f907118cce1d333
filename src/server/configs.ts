import { kinds, type Issue } from '../config/documents.js';
import { hasErrors, sortIssues } from '../config/issue.js';
import type { ConfigDocument } from '../config/model.js';
import { readDocuments, type ReadDocument, type ReadResult } from '../config/read.js';
import { validate } from '../config/validate.js';
import { given } from '../release/given.js';
import { own } from '../release/own.js';
import type { Json } from '../release/plan.js';
import type { ApplyBody, ConfigsAnswer, ConfigsBody, DiffAnswer } from './api.js';
import { documentDiff } from './document-diff.js';
import type { NewConfig, ServerStore, StoredConfig } from './ports.js';
import { IssuesError } from './problem.js';

export interface Checked {
  configs: NewConfig[];
  issues: Issue[];
}

/** The documents of files. Reading is most of the work, and needs nothing that is stored: it comes before a transaction. */
export const readFiles = ({ files, attachments }: ConfigsBody): ReadResult => readDocuments(files, attachments);

/** What was read against itself and against what is stored: every mistake, and what would be stored if there were none. */
export function check(read: ReadResult, stored: readonly StoredConfig[]): Checked {
  const known = stored.map(({ document }) => document as unknown as ConfigDocument);
  const issues = validate(read, known, { server: true });
  return {
    issues: sortIssues([...read.issues, ...issues]),
    configs: inOrder(read.documents).map(({ name, key, document, text, digest }) => ({
      kind: name.kind,
      key,
      document: document as unknown as Json,
      text,
      digest,
    })),
  };
}

/** What is referred to comes before what refers to it; within a kind, in the order of the files. */
const inOrder = (documents: readonly ReadDocument[]): ReadDocument[] =>
  documents.toSorted((a, b) => kinds.indexOf(a.name.kind) - kinds.indexOf(b.name.kind));

type Change = DiffAnswer['documents'][number]['change'];

const nameOf = ({ kind, key }: Pick<NewConfig, 'kind' | 'key'>): string => `${kind}/${key}`;

const storedAs = (stored: readonly StoredConfig[], config: NewConfig): StoredConfig | undefined =>
  stored.find((each) => nameOf(each) === nameOf(config));

/** One that was deleted is new again, although its versions are numbered on. */
function changeOf(before: StoredConfig | undefined, now: NewConfig): Change {
  if (!before) return 'new';
  return before.digest === now.digest ? 'unchanged' : 'changed';
}

/** What applying would do, with every mistake; stores nothing. */
export async function validateConfigs(store: ServerStore, body: ConfigsBody): Promise<ConfigsAnswer> {
  const stored = await store.configs();
  const { configs, issues } = check(readFiles(body), stored);
  const documents = configs.map((config) => {
    const { kind, key } = config;
    const before = storedAs(stored, config);
    const change = changeOf(before, config);
    return given({ kind, key, change, version: change === 'unchanged' ? before?.version : undefined });
  });
  return { documents, issues };
}

/** The same, with the difference of each document; stores nothing. */
export async function diffConfigs(store: ServerStore, body: ConfigsBody): Promise<DiffAnswer> {
  const stored = await store.configs();
  const { configs, issues } = check(readFiles(body), stored);
  return { documents: differences(stored, configs), issues };
}

/** Each document beside what is stored under its name. */
export const differences = (stored: readonly StoredConfig[], configs: readonly NewConfig[]): DiffAnswer['documents'] =>
  configs.map((config) => {
    const { kind, key } = config;
    const before = storedAs(stored, config);
    const diff = documentDiff(before, config);
    return given({ kind, key, change: changeOf(before, config), stored: before?.version, diff });
  });

/** Stores new versions of what changed, or nothing: throws IssuesError with every mistake. */
export async function applyConfigs(store: ServerStore, body: ApplyBody, by: string): Promise<ConfigsAnswer> {
  let issues: Issue[] = [];
  let changes = new Map<string, Change>();
  const read = readFiles(body);
  const applied = await store.applyConfigs((stored) => {
    const checked = check(read, stored);
    ({ issues } = checked);
    if (hasErrors(issues)) throw new IssuesError('the configuration has errors, nothing was stored', issues);
    changes = new Map(checked.configs.map((each) => [nameOf(each), changeOf(storedAs(stored, each), each)]));
    const { source, force = {} } = body;
    return checked.configs.map((each) => given({ ...each, source, again: own(force, nameOf(each)) }));
  }, by);
  const documents = applied.map(({ kind, key, version, changed }) => {
    const change = changes.get(nameOf({ kind, key })) ?? 'unchanged';
    return { kind, key, version, change: changed && change === 'unchanged' ? ('forced' as const) : change };
  });
  return { documents, issues };
}
