import type { JsonObject } from '../release/plan.js';
import type { Issue, SourceFile } from './documents.js';
import type { Found, Path } from './issue.js';
import { readYaml, type YamlDocument } from './yaml.js';

export interface ReadManifest {
  job?: JsonObject;
  issues: Issue[];
}

/** Reads the files that `local.path` names: exactly one Job and nothing else, without fields that Towpath owns (docs/spec.md §7.4). */
export function readManifest(files: SourceFile[], namespace: string | undefined): ReadManifest {
  const read = files.map(readYaml);
  const documents = read.flatMap((each) => each.documents);
  const issues = read.flatMap((each) => each.issues);
  const [first] = documents;
  if (!first) return { issues: issues.length > 0 ? issues : [nothing(files)] };
  const wrong = documents.find((document) => !isJob(document.value));
  if (documents.length > 1 || wrong) {
    const kinds = documents.map((document) => nameOf(document.value)).join(', ');
    const at = wrong ?? documents[1] ?? first;
    return {
      issues: [
        ...issues,
        at.issue({ code: 'MANIFEST_KINDS', path: ['kind'], message: `exactly one Job is allowed, found ${kinds}` }),
      ],
    };
  }
  return { job: first.value as JsonObject, issues: [...issues, ...fieldIssues(first, namespace)] };
}

const nothing = ([file]: SourceFile[]): Issue => ({
  severity: 'error',
  code: 'MANIFEST_KINDS',
  message: 'the manifest has no Job',
  at: { file: file?.path ?? '', line: 1, column: 1 },
});

const isJob = (value: unknown): boolean => {
  const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  return apiVersion === 'batch/v1' && kind === 'Job';
};

function nameOf(value: unknown): string {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
  return `${typeof kind === 'string' ? kind : 'no kind'} ${typeof metadata?.name === 'string' ? metadata.name : ''}`.trim();
}

/** Fields that Towpath or the rule of one pod for one run excludes. */
const forbidden: readonly (readonly string[])[] = [
  ['metadata', 'ownerReferences'],
  ['metadata', 'finalizers'],
  ...[
    'selector',
    'manualSelector',
    'suspend',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'podFailurePolicy',
    'successPolicy',
    'managedBy',
  ].map((field) => ['spec', field] as const),
];

const changed: readonly { path: readonly string[]; to: unknown }[] = [
  { path: ['spec', 'backoffLimit'], to: 0 },
  { path: ['spec', 'podReplacementPolicy'], to: 'Failed' },
  { path: ['spec', 'template', 'spec', 'restartPolicy'], to: 'Never' },
];

function fieldIssues(document: YamlDocument, namespace: string | undefined): Issue[] {
  const found: Found[] = [];
  const refuse = (path: Path, message: string): void =>
    void found.push({ code: 'MANIFEST_FIELD', path, message, atKey: true });
  const value = (path: readonly string[]): unknown => dig(document.value, path);
  for (const path of forbidden)
    if (value(path) !== undefined) refuse(path, `"${path.join('.')}" is not allowed in a Job that Towpath runs`);
  for (const name of ['completions', 'parallelism'])
    if (![undefined, 1].includes(value(['spec', name]) as undefined))
      refuse(['spec', name], `"spec.${name}" must be 1`);
  if (value(['spec', 'completionMode']) === 'Indexed')
    refuse(['spec', 'completionMode'], 'an indexed Job is not allowed');
  const own = value(['metadata', 'namespace']);
  if (own !== undefined && own !== namespace)
    refuse(
      ['metadata', 'namespace'],
      `the namespace is the runtime's${namespace === undefined ? '' : `: "${namespace}"`}`,
    );
  found.push(...reservedKeys(document), ...containerIssues(document));
  for (const { path, to } of changed)
    if (![undefined, to].includes(value(path)))
      found.push({
        code: 'MANIFEST_FIELD',
        path,
        severity: 'warning',
        message: `"${path.join('.')}" will be ${JSON.stringify(to)}`,
      });
  return found.map((each) => document.issue(each));
}

function reservedKeys(document: YamlDocument): Found[] {
  return ['labels', 'annotations'].flatMap((field) => {
    const map = dig(document.value, ['metadata', field]);
    const keys = typeof map === 'object' && map !== null ? Object.keys(map) : [];
    return keys
      .filter((key) => key.startsWith('towpath.dev/') && key !== 'towpath.dev/main-container')
      .map((key): Found => ({
        code: 'MANIFEST_FIELD',
        path: ['metadata', field, key],
        atKey: true,
        message: `"${key}": keys under towpath.dev/ are ours`,
      }));
  });
}

function containerIssues(document: YamlDocument): Found[] {
  const at = ['spec', 'template', 'spec', 'containers'];
  const containers = dig(document.value, at);
  if (!Array.isArray(containers) || containers.length === 0)
    return [{ code: 'MANIFEST_FIELD', path: at, message: 'the Job has no container' }];
  const mounts = containers.flatMap((container: unknown, i) => {
    const list = dig(container, ['volumeMounts']);
    return Array.isArray(list)
      ? list.map((mount: unknown, j) => ({ path: [...at, i, 'volumeMounts', j], mountPath: dig(mount, ['mountPath']) }))
      : [];
  });
  return mounts
    .filter(({ mountPath }) => typeof mountPath === 'string' && /^\/+towpath(\/|$)/.test(mountPath))
    .map(({ path }): Found => ({
      code: 'MANIFEST_FIELD',
      path: [...path, 'mountPath'],
      message: 'nothing may be mounted at /towpath',
    }));
}

export function dig(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );
}
