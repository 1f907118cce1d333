import type { Issue } from '../config/documents.js';
import { hasErrors, sortIssues } from '../config/issue.js';
import type { ConfigDocument } from '../config/model.js';
import { readDocuments } from '../config/read.js';
import { validate } from '../config/validate.js';
import type { Json } from '../release/plan.js';
import type { ConfigsAnswer, ConfigsBody } from './api.js';
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
    configs: read.documents.map(({ name, key, document, text, digest }) => ({
      kind: name.kind,
      key,
      document: document as unknown as Json,
      text,
      digest,
    })),
  };
}

/** What applying would do, with every mistake; stores nothing. */
export async function validateConfigs(store: ServerStore, body: ConfigsBody): Promise<ConfigsAnswer> {
  const stored = await store.configs();
  const { configs, issues } = check(body, stored);
  const documents = configs.map(({ kind, key, digest }) => {
    const before = stored.find((each) => each.kind === kind && each.key === key);
    const same = before?.digest === digest;
    const change = before ? (same ? ('unchanged' as const) : ('changed' as const)) : ('new' as const);
    return { kind, key, change, ...(same ? { version: before.version } : {}) };
  });
  return { documents, issues };
}

/** Stores new versions of what changed, or nothing: throws IssuesError with every mistake. */
export async function applyConfigs(store: ServerStore, body: ConfigsBody, by: string): Promise<ConfigsAnswer> {
  let issues: Issue[] = [];
  let known = new Set<string>();
  const applied = await store.applyConfigs((stored) => {
    const checked = check(body, stored);
    known = new Set(stored.map(({ kind, key }) => `${kind}/${key}`));
    ({ issues } = checked);
    if (hasErrors(issues)) throw new IssuesError('the configuration has errors, nothing was stored', issues);
    return checked.configs;
  }, by);
  const documents = applied.map(({ kind, key, version, changed }) => ({
    kind,
    key,
    version,
    change: changeOf(changed, known.has(`${kind}/${key}`)),
  }));
  return { documents, issues };
}

/** One that was deleted is new again, although its versions are numbered on. */
function changeOf(changed: boolean, known: boolean): ConfigsAnswer['documents'][number]['change'] {
  if (!changed) return 'unchanged';
  return known ? 'changed' : 'new';
}
