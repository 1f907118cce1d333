import { documentKey, type Issue } from './documents.js';
import { sortIssues } from './issue.js';
import type { ConfigDocument, Service } from './model.js';
import { makePlan } from './plan.js';
import type { PlanIssue } from './plan-issue.js';
import type { ReadDocument } from './read.js';
import { checkReferences, type Known } from './references.js';

/** Documents of the files over what is stored: what would be there if the files were applied. */
export function knownDocuments(
  read: readonly ReadDocument[],
  stored: readonly ConfigDocument[],
  broken: string[] = [],
): Known {
  const known: Known = { runtimes: {}, registries: {}, applications: {}, services: {}, broken };
  for (const document of [...stored, ...read.map((each) => each.document)]) {
    if (document.kind === 'runtime') known.runtimes[document.name] = document;
    else if (document.kind === 'containerRegistry') known.registries[document.name] = document;
    else if (document.kind === 'application') known.applications[document.name] = document;
    else known.services[`${document.application}/${document.name}`] = document;
  }
  return known;
}

/**
 * Checks documents against each other and what is stored, and makes the plan of every service that they touch, so that
 * templates and parameters are checked for every channel. A value that only a release can give is not missed here.
 */
export function validate(
  read: readonly ReadDocument[],
  stored: readonly ConfigDocument[],
  options: { broken?: string[]; server?: boolean } = {},
): Issue[] {
  const known = knownDocuments(read, stored, options.broken);
  const issues = read.flatMap((each) =>
    checkReferences(each.document, known).map((found) => softened(each, each.source.issue(found), { read, options })),
  );
  if (issues.every((issue) => issue.severity !== 'error')) issues.push(...planIssues(read, known));
  return sortIssues(issues);
}

/** Without a server, what the files do not hold at all may be stored: not checked, which is a note (docs/spec.md §1.5). */
function softened(
  document: ReadDocument,
  issue: Issue,
  { read, options }: { read: readonly ReadDocument[]; options: { server?: boolean } },
): Issue {
  if (options.server || issue.code !== 'UNKNOWN_REFERENCE') return issue;
  const kind = /^container registry/.test(issue.message)
    ? 'containerRegistry'
    : /^runtime/.test(issue.message)
      ? 'runtime'
      : /^application "[^"]*" does not exist/.test(issue.message)
        ? 'application'
        : undefined;
  if (kind === undefined || read.some((each) => each !== document && each.name.kind === kind)) return issue;
  return { ...issue, severity: 'note', message: `${issue.message} in these files: not checked` };
}

function planIssues(read: readonly ReadDocument[], known: Known): Issue[] {
  const sources = new Map(read.map((each) => [documentKey(each.name), each]));
  const seen = new Set<string>();
  return Object.values(known.services).flatMap((service) =>
    dryPlan(service, known).flatMap((issue) => {
      const source = sources.get(issue.document);
      const key = JSON.stringify([issue.document, issue.path, issue.code, issue.message.replace(/ \(channel.*$/, '')]);
      if (!source || seen.has(key)) return [];
      seen.add(key);
      return [source.source.issue({ ...issue, code: issue.code as Parameters<typeof source.source.issue>[0]['code'] })];
    }),
  );
}

/** A plan with a stand-in for every value that only a release can give. */
function dryPlan(service: Service, known: Known): PlanIssue[] {
  const application = known.applications[service.application];
  if (!application) return [];
  const standIns = service.parameters
    .filter((definition) => !hasDefault(definition))
    .map((definition) => [definition.name, standIn(definition)]);
  const planned = makePlan({
    application,
    service,
    runtimes: known.runtimes,
    registries: known.registries,
    versions: {},
    values: { all: Object.fromEntries(standIns) as Record<string, string>, byChannel: {} },
    version: 1,
  });
  if ('plan' in planned) return [];
  const generous = new Set(standIns.map(([name]) => name));
  return generous.size === 0 ? planned.issues : planned.issues.filter((issue) => issue.code !== 'PARAMETER_INVALID');
}

type Definition = Service['parameters'][number];

const hasDefault = ({ string, int, dockerImage }: Definition): boolean =>
  (string?.defaultValue ?? int?.defaultValue ?? dockerImage?.defaultTag) !== undefined;

const standIn = ({ string, int, dockerImage }: Definition): string =>
  dockerImage ? 'stand-in' : int ? String(int.min ?? int.max ?? 0) : (string?.oneOf?.[0] ?? 'stand-in');
