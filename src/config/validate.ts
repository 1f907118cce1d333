import { catalogOf, type Catalog } from './catalog.js';
import { documentKey, type Issue } from './documents.js';
import { sortIssues } from './issue.js';
import { isExtension, type ConfigDocument } from './model.js';
import { checkAlone, checkService } from './plan/check.js';
import { byKey, identityOf, joinServices, placeIssue } from './plan/issues.js';
import type { PlanIssue } from './plan/rendering.js';
import type { ReadDocument, ReadResult } from './read.js';
import { checkRules } from './rules/index.js';
import type { Missing, RuleFound } from './rules/rule.js';

export interface ValidateOptions {
  /** `stored` is all that there is: a document that is in neither does not exist. */
  server: boolean;
}

/**
 * Checks documents against each other and what is stored, and what each service would run in every channel. Values that only
 * a release can give are left open; a document that has mistakes of its own is used as far as it could be read.
 */
export function validate(read: ReadResult, stored: readonly ConfigDocument[], { server }: ValidateOptions): Issue[] {
  const { documents } = read;
  const keys = byKey(documents);
  const kept = stored.filter((document) => !keys.has(documentKey(document)));
  const catalog = catalogOf([...kept, ...documents.map(({ document }) => document)], read.broken);
  const references = documents.flatMap((each) =>
    checkRules(each.document, catalog).map((found) => reference(each, found, { documents, server })),
  );
  const planned = planIssues(documents, kept, catalog).flatMap((issue) => placeIssue(issue, keys) ?? []);
  return sortIssues([...references, ...planned, ...left(kept, { before: catalogOf(stored), after: catalog, keys })]);
}

/** Without a server, what the files do not hold at all may be stored: a note that it was not checked (docs/spec.md §1.5). */
function reference(
  from: ReadDocument,
  { missing, ...found }: RuleFound,
  of: { documents: readonly ReadDocument[]; server: boolean },
): Issue {
  const issue = from.issue(found);
  if (!missing || of.server || of.documents.some((each) => each !== from && answers(each.document, missing)))
    return issue;
  const { hint: _, ...rest } = issue;
  return { ...rest, severity: 'note', message: `${issue.message} in these files: not checked` };
}

/** A document that could have been the one that is missing. */
const answers = (document: ConfigDocument, { kind, linked }: Missing): boolean =>
  document.kind === kind && !(linked && document.kind === 'runtime' && isExtension(document));

/** Mistakes of the documents by themselves, then of what services make of them, each once. */
function planIssues(read: readonly ReadDocument[], kept: readonly ConfigDocument[], catalog: Catalog): PlanIssue[] {
  const alone = read.flatMap(({ document }) => checkAlone(document, catalog));
  const known = new Set(alone.map(identityOf));
  const services = [...read.map(({ document }) => document), ...kept].flatMap((document) => {
    if (document.kind !== 'service') return [];
    const service = `${document.application}/${document.name}`;
    return checkService(document, catalog, known).map((issue) => ({ issue, service }));
  });
  return [...alone, ...joinServices(services)];
}

interface Change {
  before: Catalog;
  after: Catalog;
  keys: ReadonlyMap<string, ReadDocument>;
}

/** Stored documents that fitted before and would not any more: a warning at the document that takes away what they need. */
function left(kept: readonly ConfigDocument[], { before, after, keys }: Change): Issue[] {
  return kept.flatMap((document) => {
    const known = new Set(mistakesOf(document, before).map(identityOf));
    const [first] = mistakesOf(document, after).filter((issue) => !known.has(identityOf(issue)));
    const cause = first && causeOf(document, after, keys);
    if (!cause) return [];
    const { kind } = cause.name;
    const message = `${documentKey(document)}, as it is stored, does not fit this any more: ${first.message}`;
    return [cause.issue({ code: first.code, severity: 'warning', path: [kind, 'name'], message })];
  });
}

function mistakesOf(document: ConfigDocument, catalog: Catalog): PlanIssue[] {
  const own = documentKey(document);
  const rules = checkRules(document, catalog).map((found) => ({ ...found, document: own }));
  const planned = document.kind === 'service' ? checkService(document, catalog) : [];
  return [...rules, ...planned].filter(({ severity = 'error', document: of }) => severity === 'error' && of === own);
}

/** The nearest document of the files that a stored one depends on. */
function causeOf(
  document: ConfigDocument,
  catalog: Catalog,
  keys: ReadonlyMap<string, ReadDocument>,
): ReadDocument | undefined {
  const application = document.kind === 'service' ? catalog.applications.get(document.application) : undefined;
  const channels = document.kind === 'application' ? document.channels : (application?.channels ?? []);
  const names = channels.flatMap(({ runtimes }) => runtimes.map(({ runtime }) => `runtime/${runtime}`));
  return (
    [...(application ? [documentKey(application)] : []), ...names].flatMap((key) => keys.get(key) ?? [])[0] ??
    [...keys.values()][0]
  );
}
