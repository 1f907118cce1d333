import type { Path } from '../issue.js';

/** Fields of a Job's spec and its pod template that are whole numbers: their names are unambiguous there. */
export const integers: ReadonlySet<string> = new Set([
  'activeDeadlineSeconds',
  'backoffLimit',
  'backoffLimitPerIndex',
  'completions',
  'containerPort',
  'defaultMode',
  'expirationSeconds',
  'failureThreshold',
  'fsGroup',
  'hostPort',
  'initialDelaySeconds',
  'lun',
  'maxExpirationSeconds',
  'maxFailedIndexes',
  'maxSkew',
  'minDomains',
  'mode',
  'parallelism',
  'partition',
  'periodSeconds',
  'priority',
  'runAsGroup',
  'runAsUser',
  'seconds',
  'succeededCount',
  'successThreshold',
  'supplementalGroups',
  'terminationGracePeriodSeconds',
  'timeoutSeconds',
  'tolerationSeconds',
  'ttlSecondsAfterFinished',
  'weight',
]);

/** A number, or the name of a port: a name has a letter. */
export const integersOrNames: ReadonlySet<string> = new Set(['port']);

export const booleans: ReadonlySet<string> = new Set([
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'chapAuthDiscovery',
  'chapAuthSession',
  'enableServiceLinks',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostProcess',
  'hostUsers',
  'manualSelector',
  'optional',
  'privileged',
  'readOnly',
  'readOnlyRootFilesystem',
  'runAsNonRoot',
  'setHostnameAsFQDN',
  'shareProcessNamespace',
  'sslEnabled',
  'stdin',
  'stdinOnce',
  'suspend',
  'tty',
]);

/** Maps whose keys are a person's own, so that their values are text whatever they are called. */
export const textMaps: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'options',
  'overhead',
  'requests',
  'volumeAttributes',
]);

export type Scalar = 'integer' | 'integerOrName' | 'boolean' | 'text';

/** What Kubernetes takes at a path of a Job. */
export function scalarAt(path: Path): Scalar {
  if (path[0] !== 'spec' || path.some((part) => textMaps.has(String(part)))) return 'text';
  const name = String(path.findLast((part) => typeof part === 'string'));
  if (integers.has(name)) return 'integer';
  if (integersOrNames.has(name)) return 'integerOrName';
  return booleans.has(name) ? 'boolean' : 'text';
}
