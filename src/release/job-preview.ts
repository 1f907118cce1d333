import { given } from './given.js';
import type { ChannelPlan, CommandPlan, JobTemplate, Json, JsonObject } from './plan.js';

/** A Job as a person reads it: a reading of the template that will be created, so it cannot say anything else. */
export interface JobPreview {
  command: 'apply';
  /** Of its template: what the release that is started has under `jobs`. */
  digest: string;
  namespace: string;
  /** The namespace is made when it is missing; else it must exist. */
  managed: boolean;
  /** The Job's name begins so. */
  prefix: string;
  image: string;
  /** Absent: the image's own. */
  entrypoint?: string[];
  args?: string[];
  /** Of the main container, but for the release's and the run's number. A Secret is named, and its value known to nobody here. */
  env: VariablePreview[];
  serviceAccount?: string;
  /** Beside the main one. */
  otherContainers: { name: string; image: string }[];
  /** The worker ends it after that. */
  timeoutMs: number;
}

export type VariablePreview =
  | { name: string; value: string }
  | { name: string; secret: { name: string; key: string } }
  /** Another source of Kubernetes': `ConfigMap settings/zone`. */
  | { name: string; from: string };

export function jobPreview(
  { namespace }: ChannelPlan,
  { job, timeoutMs }: CommandPlan,
  { prefix, mainContainer, manifest }: JobTemplate,
): JobPreview {
  const pod = object(object(object(manifest['spec'])['template'])['spec']);
  const containers = objects(pod['containers']);
  const main = containers.find(({ name }) => name === mainContainer) ?? {};
  const others = [...objects(pod['initContainers']), ...containers.filter((each) => each !== main)];
  return given({
    command: 'apply' as const,
    digest: job,
    namespace: namespace.name,
    managed: namespace.managed,
    prefix,
    image: text(main['image']),
    entrypoint: texts(main['command']),
    args: texts(main['args']),
    env: [...objects(main['envFrom']).map(manyVariables), ...objects(main['env']).map(variable)],
    serviceAccount: pod['serviceAccountName'] === undefined ? undefined : text(pod['serviceAccountName']),
    otherContainers: others.map(({ name, image }) => ({ name: text(name), image: text(image) })),
    timeoutMs,
  });
}

function variable({ name: written, value, valueFrom }: JsonObject): VariablePreview {
  const name = text(written);
  if (valueFrom === undefined) return { name, value: text(value) };
  const [kind = '', reference] = Object.entries(object(valueFrom))[0] ?? [];
  const of = object(reference);
  if (kind === 'secretKeyRef') return { name, secret: { name: text(of['name']), key: text(of['key']) } };
  if (kind === 'configMapKeyRef') return { name, from: `ConfigMap ${text(of['name'])}/${text(of['key'])}` };
  return { name, from: `${kind} ${text(of['fieldPath'] ?? of['resource'])}`.trim() };
}

/** All of a Secret or a ConfigMap: which variables that are is known on the cluster only. */
function manyVariables({ prefix, secretRef, configMapRef }: JsonObject): VariablePreview {
  const kind = secretRef === undefined ? 'ConfigMap' : 'Secret';
  return { name: `${text(prefix)}*`, from: `${kind} ${text(object(secretRef ?? configMapRef)['name'])}` };
}

// A manifest has what its author wrote: what is not of the expected form is left out here, and refused by the cluster.
const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(object) : []);
const texts = (value: Json | undefined): string[] | undefined => (Array.isArray(value) ? value.map(text) : undefined);
const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
