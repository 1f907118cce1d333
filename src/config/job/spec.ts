import type { JsonObject } from '../../release/plan.js';
import { resultVolume } from '../schema/program.js';
import type { Registry } from '../model.js';
import type { JobOf } from './build.js';
import { resultPath } from './env.js';

const weekSeconds = 7 * 24 * 3600;

/** What Towpath sets on every Job (docs/spec.md §7.3). */
export const ownSpec = (timeoutMs: number) => ({
  backoffLimit: 0,
  activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + 60,
  ttlSecondsAfterFinished: weekSeconds,
  podReplacementPolicy: 'Failed',
});

/** The result file of the main container (docs/spec.md §7.7). */
export const resultMount: JsonObject = { name: resultVolume, mountPath: '/towpath' };
export const resultEmptyDir: JsonObject = { name: resultVolume, emptyDir: {} };
export const termination = { terminationMessagePath: resultPath, terminationMessagePolicy: 'File' };

export const pullSecretName = ({ name }: Registry): string => `towpath-pull-${name}`;

/** Names of the copies of the registries' pull secrets, as a pod lists them. */
export const pullSecretsOf = (registries: readonly Registry[]): JsonObject[] =>
  registries.filter(({ pullSecret }) => pullSecret).map((registry) => ({ name: pullSecretName(registry) }));

/** At most 40 characters, and a beginning of a DNS label (docs/spec.md §7.2). */
export function prefixOf(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  return label.slice(0, 40).replace(/-+$/, '') || 'job';
}

/** What the name of a Job begins with, if its manifest says nothing else. */
export const ownPrefix = ({ instance, name }: Pick<JobOf, 'instance' | 'name'>): string =>
  prefixOf(`${instance.service}-${instance.channel}-${name}`);
