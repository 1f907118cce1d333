import { kinds, type Issue } from '../config/documents.js';
import { hasErrors, sortIssues } from '../config/issue.js';
import type { ConfigDocument } from '../config/model.js';
import { readDocuments, type ReadDocument } from '../config/read.js';
import { validate } from '../config/validate.js';
import { given } from '../release/given.js';
import { own } from '../release/own.js';
import type { Json } from '../release/plan.js';
import type { ApplyBody, ConfigsAnswer, ConfigsBody, DiffAnswer } from './api.js';
import { documentDiff } from './document-diff.js';
import type { NewConfig, ServerStore, StoredConfig } from './ports.js';
import { IssuesError } from './problem.js';

interface Checked {
  configs: NewConfig[];
  issues: Issue[];
}

/** Files against each other and against what is stored: every mistake, and what would be stored if there were none. */
function check({ files, attachments }: ConfigsBody, stored: readonly StoredConfig[]): Checked {
  const read = readDocuments(files, attachments);
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

/** Each document beside what is stored under its name, in the words of the caller. */
async function compare<T>(
  store: ServerStore,
  body: ConfigsBody,
  say: (config: NewConfig, change: Change, before: StoredConfig | undefined) => T,
): Promise<{ documents: T[]; issues: ConfigsAnswer['issues'] }> {
  const stored = await store.configs();
  const { configs, issues } = check(body, stored);
  const documents = configs.map((config) => {
    const before = storedAs(stored, config);
    return say(config, changeOf(before, config), before);
  });
  return { documents, issues };
}

/** What applying would do, with every mistake; stores nothing. */
export async function validateConfigs(store: ServerStore, body: ConfigsBody): Promise<ConfigsAnswer> {
  return compare(store, body, ({ kind, key }, change, before) =>
    given({ kind, key, change, version: change === 'unchanged' ? before?.version : undefined }),
  );
}

/** The same, with the difference of each document; stores nothing. */
export async function diffConfigs(store: ServerStore, body: ConfigsBody): Promise<DiffAnswer> {
  return compare(store, body, (config, change, before) => {
    const { kind, key } = config;
    return given({ kind, key, change, stored: before?.version, diff: documentDiff(before, config) });
  });
}

/** Stores new versions of what changed, or nothing: throws IssuesError with every mistake. */
export async function applyConfigs(store: ServerStore, body: ApplyBody, by: string): Promise<ConfigsAnswer> {
  let issues: Issue[] = [];
  let changes = new Map<string, Change>();
  const applied = await store.applyConfigs((stored) => {
    const checked = check(body, stored);
    ({ issues } = checked);
    if (hasErrors(issues)) throw new IssuesError('the configuration has errors, nothing was stored', issues);
    changes = new Map(checked.configs.map((each) => [nameOf(each), changeOf(storedAs(stored, each), each)]));
    return checked.configs.map((each) => given({ ...each, again: own(body.force ?? {}, nameOf(each)) }));
  }, by);
  const documents = applied.map(({ kind, key, version, changed }) => {
    const change = changes.get(nameOf({ kind, key })) ?? 'unchanged';
    return { kind, key, version, change: changed && change === 'unchanged' ? ('forced' as const) : change };
  });
  return { documents, issues };
}
