import type { ConfigCode } from '../../release/codes.js';
import { quoted, type Path } from '../issue.js';
import { isOpen } from '../plan/rendering.js';
import { isReserved } from '../schema/fields.js';
import { isResultPath, resultVolume } from '../schema/program.js';
import { mainContainerKey } from './main-container.js';
import type { ManifestContainer, ManifestJob } from './manifest-shape.js';
import { ownSpec, termination } from './spec.js';

export interface ManifestFound {
  path: Path;
  message: string;
  hint?: string | undefined;
  code?: ConfigCode;
  severity?: 'warning';
  atKey?: boolean;
}
export type Report = (found: ManifestFound) => void;

export interface ManifestContext {
  namespace: string | undefined;
  timeoutMs: number;
  main: ManifestContainer;
}
type Rule = (job: ManifestJob, report: Report, context: ManifestContext) => void;

const pod: Path = ['spec', 'template', 'spec'];

/** What would break the rule of one pod for one run, or is ours to decide. */
const excluded: readonly Path[] = [
  ...['ownerReferences', 'finalizers'].flatMap((field): Path[] => [
    ['metadata', field],
    ['spec', 'template', 'metadata', field],
  ]),
  ...[
    'selector',
    'manualSelector',
    'suspend',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'podFailurePolicy',
    'successPolicy',
    'managedBy',
  ].map((field): Path => ['spec', field]),
];

const valueAt = (job: ManifestJob, path: Path): unknown =>
  path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    job,
  );

const hasNothingExcluded: Rule = (job, report) => {
  for (const path of excluded)
    if (valueAt(job, path) !== undefined)
      report({ path, atKey: true, message: `"${path.join('.')}" is not allowed in a Job that Towpath runs` });
};

const runsOnePod: Rule = ({ spec }, report) => {
  for (const name of ['completions', 'parallelism'])
    if (spec[name] !== undefined && spec[name] !== 1)
      report({ path: ['spec', name], message: `"spec.${name}" must be 1: a run is one pod` });
  if (spec['completionMode'] === 'Indexed')
    report({ path: ['spec', 'completionMode'], message: 'an indexed Job is not allowed: a run is one pod' });
};

const runsInItsNamespace: Rule = ({ metadata }, report, { namespace }) => {
  const own = metadata?.namespace;
  if (own !== undefined && namespace !== undefined && own !== namespace && !isOpen(own))
    report({
      path: ['metadata', 'namespace'],
      message: `the namespace is that of the runtime, "${namespace}"`,
      hint: 'leave it out',
    });
};

/** Labels and annotations under our prefix are how Jobs are found again. */
const leavesOurKeys: Rule = ({ metadata = {}, spec: { template } }, report) => {
  const { [mainContainerKey]: _main, ...annotations } = metadata.annotations ?? {};
  const maps: [path: Path, map: Record<string, string> | undefined][] = [
    [['metadata', 'labels'], metadata.labels],
    [['metadata', 'annotations'], annotations],
    [['spec', 'template', 'metadata', 'labels'], template.metadata?.labels],
    [['spec', 'template', 'metadata', 'annotations'], template.metadata?.annotations],
  ];
  for (const [path, map = {}] of maps)
    for (const key of Object.keys(map).filter((each) => each.startsWith('towpath.dev/')))
      report({ path: [...path, key], atKey: true, message: `${quoted(key)}: keys under towpath.dev/ are ours` });
};

const leavesTheResultFile: Rule = (job, report) => {
  for (const [i, { name }] of (job.spec.template.spec.volumes ?? []).entries())
    if (name === resultVolume)
      report({ path: [...pod, 'volumes', i, 'name'], message: `the volume "${resultVolume}" holds the result file` });
  for (const { path, container } of containersOf(job))
    for (const [i, { mountPath }] of (container.volumeMounts ?? []).entries())
      if (!isOpen(mountPath) && isResultPath(mountPath))
        report({
          path: [...path, 'volumeMounts', i, 'mountPath'],
          message: 'nothing may be mounted at /towpath or below: the result file lies there',
        });
};

const leavesOurVariables: Rule = (job, report) => {
  for (const { path, container } of containersOf(job))
    for (const [i, { name }] of (container.env ?? []).entries())
      if (isReserved(name))
        report({
          code: 'RESERVED_NAME',
          path: [...path, 'env', i, 'name'],
          message: `${quoted(name)} begins with PVN_ or TOWPATH_: such variables are set for you`,
        });
};

function containersOf({ spec }: ManifestJob): { path: Path; container: ManifestContainer }[] {
  const { containers, initContainers = [] } = spec.template.spec;
  return Object.entries({ containers, initContainers }).flatMap(([list, all]) =>
    all.map((container, i) => ({ path: [...pod, list, i], container })),
  );
}

/** What will be changed is said; what is left out is added without a word. */
const saysWhatIsChanged: Rule = (job, report, { timeoutMs, main }) => {
  const { backoffLimit, podReplacementPolicy, activeDeadlineSeconds } = ownSpec(timeoutMs);
  const at = [...pod, 'containers', job.spec.template.spec.containers.indexOf(main)];
  const changed: [path: Path, to: unknown][] = [
    [['spec', 'backoffLimit'], backoffLimit],
    [['spec', 'podReplacementPolicy'], podReplacementPolicy],
    [[...pod, 'restartPolicy'], 'Never'],
    [['metadata', 'labels', 'app.kubernetes.io/managed-by'], 'towpath'],
    ...Object.entries(termination).map(([name, to]): [Path, unknown] => [[...at, name], to]),
  ];
  for (const [path, to] of changed) {
    const written = valueAt(job, path);
    if (written !== undefined && written !== to)
      report({ path, severity: 'warning', message: `"${showShort(path)}" will be ${JSON.stringify(to)}` });
  }
  if ((job.spec.activeDeadlineSeconds ?? 0) > activeDeadlineSeconds)
    report({
      path: ['spec', 'activeDeadlineSeconds'],
      severity: 'warning',
      message: `"spec.activeDeadlineSeconds" will be ${activeDeadlineSeconds}: the command's "timeout" and a minute`,
    });
};

const showShort = (path: Path): string => path.filter((part) => typeof part === 'string').join('.');

/** Add a rule by adding its name here. */
const rules: readonly Rule[] = [
  hasNothingExcluded,
  runsOnePod,
  runsInItsNamespace,
  leavesOurKeys,
  leavesTheResultFile,
  leavesOurVariables,
  saysWhatIsChanged,
];

/** What a manifest may not contain, and what will be changed in it (docs/spec.md §7.4). */
export function checkManifest(job: ManifestJob, report: Report, context: ManifestContext): void {
  for (const rule of rules) rule(job, report, context);
}
