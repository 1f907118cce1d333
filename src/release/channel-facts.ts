import { own } from './own.js';
import type { ApplyPlan, ChannelPlan, GatePlan, JobTemplate, Json, ReleasePlan, RetryPlan } from './plan.js';

/** Named texts that can be compared with those of another plan. */
export type Facts = ReadonlyMap<string, string>;

/** What a channel runs and where: all of it, down to the last field of the Job. */
export function jobFacts({ jobs }: ReleasePlan, { runtime, cluster, namespace, apply }: ChannelPlan): Facts {
  const template = own(jobs, apply.job);
  return new Map([
    ['runtime', runtime],
    ['cluster', cluster],
    ['namespace', namespace.managed ? `${namespace.name}, made when it is missing` : namespace.name],
    ['deadline', seconds(apply.timeoutMs)],
    ['kept for', seconds(apply.ttlMs)],
    ...policyFacts(apply),
    ...apply.pullSecrets.map(({ as, from }): [string, string] => [
      `pull secret ${as}`,
      `${from.namespace}/${from.name}`,
    ]),
    ...(template ? templateFacts(template) : []),
  ]);
}

function policyFacts({ retry, idempotent, progressDeadlineMs, maxConcurrency }: ApplyPlan): [string, string][] {
  return [
    ...(retry ? retryFacts(retry) : []),
    ...(idempotent ? [['may start twice', 'yes'] as [string, string]] : []),
    ...factOf('progress deadline', progressDeadlineMs, seconds),
    ...factOf('Jobs at once', maxConcurrency, String),
  ];
}

const factOf = (name: string, value: number | undefined, text: (value: number) => string): [string, string][] =>
  value === undefined ? [] : [[name, text(value)]];

const retryFacts = ({ exitCodes, baseMs, maxMs, attempts }: RetryPlan): [string, string][] => [
  ['tried again after', `exit code ${exitCodes.join(', ')}`],
  ['pause between attempts', baseMs === maxMs ? seconds(baseMs) : `${seconds(baseMs)} to ${seconds(maxMs)}`],
  ['attempts', attempts === undefined ? 'unlimited' : String(attempts)],
];

/** Field by field: a stored plan has its keys in another order. */
export const gateFacts = ({ gates }: ChannelPlan): Facts => new Map(gates.map(gateFact));

const gateFact = (gate: GatePlan): [string, string] =>
  gate.kind === 'stable' ? [`gate "${gate.channel}" stable`, ''] : [`approval "${gate.name}"`, gate.description ?? ''];

const seconds = (ms: number): string => `${ms / 1000}s`;

const pod = 'spec.template.spec.';

function templateFacts({ prefix, mainContainer, manifest }: JobTemplate): [string, string][] {
  const main = `${pod}containers[${mainContainer}].`;
  const fields = leaves(manifest, '').map(([path, text]): [string, string] => {
    if (path.startsWith(main)) return [path.slice(main.length), text];
    return [path.startsWith(pod) ? `pod ${path.slice(pod.length)}` : path, text];
  });
  return [['name', `${prefix}-…`], ['main container', mainContainer], ...fields];
}

/** Every value with its path. What has a name is called by it, so that one more variable is one more, and moves no other. */
function leaves(value: Json, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null)
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  const children: [string, Json][] = Array.isArray(value)
    ? value.map((item, i) => [`${path}[${nameOf(item) ?? i}]`, item])
    : Object.entries(value).map(([key, child]) => [path === '' ? key : `${path}.${key}`, child]);
  if (children.length === 0) return [[path, JSON.stringify(value)]];
  return children.flatMap(([at, child]) => leaves(child, at));
}

const nameOf = (item: Json): string | undefined =>
  typeof item === 'object' && item !== null && !Array.isArray(item) && typeof item['name'] === 'string'
    ? item['name']
    : undefined;
