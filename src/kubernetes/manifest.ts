import { createHash } from 'node:crypto';
import type { Manifests, ObservedJob } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import type { Json, JsonObject } from '../release/plan.js';
import type { BeginRunInput, RunKey, StepOf } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import { annotation, instanceLabels, label, managedBy, ours } from './names.js';

interface Of {
  run: number;
  installation: string;
}

/** The objects of a run, pure: a newer worker computes the same. */
export const manifests: Manifests = { jobName, job, tombstone, specHash, isTombstone, isOurs, runOf };

function jobName(key: RunKey, { prefix, run, installation }: Of & { prefix: string }): string {
  const parts = [installation, key.application, key.service, key.channel, key.command, String(run)];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);
  return `${prefix.slice(0, 40).replace(/[^a-z0-9]+$/, '')}-${hash}`;
}

function specHash(jobDigest: string, run: number): string {
  return `${jobDigest}.${run}`;
}

function labelsOf(key: RunKey, { run, installation, runtime }: Of & { runtime: string }): Record<string, string> {
  return {
    [managedBy]: ours,
    [label.installation]: installation,
    ...instanceLabels(key),
    [label.runtime]: runtime,
    [label.release]: String(key.release),
    [label.run]: String(run),
    [label.command]: key.command,
  };
}

function job(input: BeginRunInput, of: Of): JsonObject {
  const { key, job: template } = input;
  const manifest = structuredClone(template.manifest);
  const labels = labelsOf(key, { ...of, runtime: input.runtime });
  const metadata = object(manifest, 'metadata');
  const name = jobName(key, { ...of, prefix: template.prefix });
  const annotations = {
    ...object(metadata, 'annotations'),
    [annotation.specHash]: specHash(input.jobDigest, of.run),
    [annotation.serviceVersion]: input.versionName,
    [annotation.workflowId]: input.workflowId,
  };
  manifest['metadata'] = { ...metadata, name, labels: { ...object(metadata, 'labels'), ...labels }, annotations };
  const podTemplate = object(object(manifest, 'spec'), 'template');
  const podMetadata = object(podTemplate, 'metadata');
  podMetadata['labels'] = { ...object(podMetadata, 'labels'), ...labels };
  addEnv(object(podTemplate, 'spec'), template.mainContainer, {
    TOWPATH_RELEASE_ID: releaseId(key.application, key.service, key.release),
    TOWPATH_RUN: String(of.run),
  });
  return manifest;
}

/** The object under `key`, made if it is not there. */
function object(parent: JsonObject, key: string): JsonObject {
  const found = parent[key];
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

function addEnv(podSpec: JsonObject, mainContainer: string, env: Record<string, string>): void {
  const containers = Array.isArray(podSpec['containers']) ? (podSpec['containers'] as JsonObject[]) : [];
  const main = containers.find((container) => container['name'] === mainContainer);
  if (!main) throw new TowpathError('RENDER_FAILED', `the template of the Job has no container "${mainContainer}"`);
  const before = Array.isArray(main['env']) ? (main['env'] as JsonObject[]) : [];
  const added: Json[] = Object.entries(env).map(([name, value]) => ({ name, value }));
  const kept = before.filter(({ name }) => typeof name !== 'string' || !Object.hasOwn(env, name));
  main['env'] = [...kept, ...added];
}

/** No pod is ever made for it; it stays until the reconciler deletes it (docs/architecture.md, turn and run, point 5). */
function tombstone(
  name: string,
  { key, run, installation }: { key: StepOf; run: number; installation: string },
): JsonObject {
  const labels = {
    [managedBy]: ours,
    [label.installation]: installation,
    ...instanceLabels(key),
    [label.release]: String(key.release),
    [label.run]: String(run),
    [label.tombstone]: 'true',
  };
  const pod = {
    restartPolicy: 'Never',
    containers: [{ name: 'none', image: 'towpath.dev/tombstone', command: ['none'] }],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: { suspend: true, backoffLimit: 0, template: { metadata: { labels }, spec: pod } },
  };
}

function isTombstone({ labels }: ObservedJob, installation: string): boolean {
  return labels[label.tombstone] === 'true' && labels[label.installation] === installation;
}

function isOurs(found: ObservedJob, of: Of & { key: RunKey; specHash?: string }): boolean {
  const { key, run, installation } = of;
  const expected: Record<string, string> = {
    [managedBy]: ours,
    [label.installation]: installation,
    ...instanceLabels(key),
    [label.release]: String(key.release),
    [label.run]: String(run),
    [label.command]: key.command,
  };
  const labelled = Object.entries(expected).every(([name, value]) => found.labels[name] === value);
  return labelled && (of.specHash === undefined || found.annotations[annotation.specHash] === of.specHash);
}

/** What a number in the store can be. */
const highest = 2 ** 31 - 1;

function runOf({ labels }: ObservedJob): ReturnType<Manifests['runOf']> {
  const { application, service, channel, release, run } = label;
  const words = [application, service, channel].map((name) => labels[name] ?? '');
  const numbers = [release, run].map((name) => Number(labels[name]));
  if (words.includes('') || !numbers.every((number) => Number.isInteger(number) && number > 0 && number <= highest))
    return undefined;
  const [ofApplication = '', ofService = '', ofChannel = ''] = words;
  const [ofRelease = 0, number = 0] = numbers;
  return { application: ofApplication, service: ofService, channel: ofChannel, release: ofRelease, run: number };
}
