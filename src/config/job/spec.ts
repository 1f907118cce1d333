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

/** What a drain or a lost node ended is no failure of the program: the cluster starts another pod, in the same Job and run. */
export const replacement = (of: Pick<JobOf, 'name' | 'command'>) => (mayStartAgain(of) ? { podFailurePolicy } : {});

/** Asking changes nothing; a program that changes something says itself that it may be started twice (docs/spec.md §7.8). */
const mayStartAgain = ({ name, command }: Pick<JobOf, 'name' | 'command'>): boolean =>
  name === 'fetch' || name === 'get-info' || command.idempotent === true;

const podFailurePolicy = {
  rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
};

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
