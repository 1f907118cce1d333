import { given } from '../release/given.js';
import type { Json, JobTemplate, JsonObject } from '../release/plan.js';
import { mergeEnv, envEntry, ownEnv, type EnvSource } from './env.js';
import type { EnvValue } from './fields.js';
import { imageReference, registryOfImage } from './image.js';
import type { Path } from './issue.js';
import { isTag } from './kinds/index.js';
import { dig } from './manifest.js';
import type { Apply, Registry } from './model.js';
import { renderText, type Rendering } from './plan-issue.js';
import type { TaskConfig } from './schema.js';

export interface JobOf {
  application: string;
  service: string;
  channel: string;
  version: string;
  apply: Apply;
  registries: Record<string, Registry>;
  /** Sources 1 to 3 of docs/spec.md §7.6. */
  serviceEnv: EnvSource[];
  rendering: Rendering;
}

export interface BuiltJob {
  template: JobTemplate;
  ttlMs: number;
  registry?: Registry;
}

const hour = 3_600_000;
const weekSeconds = 7 * 24 * 3600;
const resultPath = '/towpath/result.json';
const at: Path = ['runtime', 'extension', 'apply'];

/** The Job of one channel's apply, complete but for what only a run knows (docs/spec.md §7.3). */
export function buildJob(of: JobOf): BuiltJob {
  const { task, manifest } = of.apply;
  if (task) return fromTask(task, of);
  return fromManifest(manifest?.job ?? {}, of);
}

function fromTask(task: TaskConfig, of: JobOf): BuiltJob {
  const { program } = task;
  const path = [...at, 'taskConfig', 'program'];
  const text = (value: string, ...rest: (string | number)[]): string =>
    renderText(value, [...path, ...rest], of.rendering);
  const list = (values: string[] | undefined, name: string): string[] | undefined =>
    values?.map((value, i) => literal(text(value, name, i)));
  const { image, registry } = imageOf(task, of);
  const env = mergeEnv([
    ...of.serviceEnv,
    { env: program.env ?? {}, path: [...path, 'env'], rendering: of.rendering },
    { env: of.apply.env, path: [...at, 'env'], rendering: of.rendering },
  ]);
  const volumes = taskVolumes(task, of.rendering);
  const account =
    task.k8s && renderText(task.k8s.serviceAccount, [...at, 'taskConfig', 'k8s', 'serviceAccount'], of.rendering);
  const main = given({
    name: 'main',
    image,
    command: list(program.entrypoint, 'entrypoint'),
    args: list(program.cmd, 'cmd'),
    workingDir: program.workingDirectory === undefined ? undefined : text(program.workingDirectory, 'workingDirectory'),
    resources: program.resources && (JSON.parse(JSON.stringify(program.resources)) as Json),
    env: envList(env, of),
    volumeMounts: [...volumes.mounts, { name: 'towpath-result', mountPath: '/towpath' }],
    terminationMessagePath: resultPath,
  });
  const pod = given({
    restartPolicy: 'Never',
    serviceAccountName: account,
    automountServiceAccountToken: account === undefined ? false : undefined,
    imagePullSecrets: registry?.pullSecret ? [{ name: pullSecretName(registry) }] : undefined,
    containers: [main],
    volumes: [...volumes.volumes, { name: 'towpath-result', emptyDir: {} }],
  });
  const spec = { ...jobSpec(of.apply.timeoutMs), template: { spec: pod } };
  const template: JobTemplate = {
    prefix: prefixOf(`${of.service}-${of.channel}-apply`),
    mainContainer: 'main',
    manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec } as unknown as JsonObject,
  };
  return given({ template, ttlMs: task.ttl ?? hour, registry });
}

/** Kubernetes expands `$(NAME)` in arguments: what was written or rendered is data, so it is escaped. */
const literal = (text: string): string => text.replaceAll('$(', '$$(');

const envList = (env: Map<string, EnvValue>, of: JobOf): JsonObject[] => [
  ...[...env].map(([name, value]) => envEntry(name, value)),
  ...ownEnv(of),
];

const jobSpec = (timeoutMs: number) => ({
  backoffLimit: 0,
  activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + 60,
  ttlSecondsAfterFinished: weekSeconds,
  podReplacementPolicy: 'Failed',
});

export const pullSecretName = ({ name }: Registry): string => `towpath-pull-${name}`;

/** At most 40 characters, and a valid beginning of a DNS label (docs/spec.md §7.2). */
const prefixOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '') || 'job';

function imageOf({ program }: TaskConfig, { registries, rendering }: JobOf): { image: string; registry?: Registry } {
  const path = [...at, 'taskConfig', 'program'];
  if (program.image !== undefined) {
    const image = renderText(program.image, [...path, 'image'], rendering);
    return given({ image, registry: registryOfImage(image, registries) });
  }
  const { containerRegistry = '', imageRepository = '' } = program.imageRegistryInfo ?? {};
  const registry = registries[containerRegistry];
  const tag = renderText(program.imageTag ?? '', [...path, 'imageTag'], rendering);
  const repository = renderText(imageRepository, [...path, 'imageRegistryInfo', 'imageRepository'], rendering);
  if (!isTag(tag) && !tag.includes('{{'))
    rendering.issues.push({
      code: 'BAD_VALUE',
      document: rendering.document,
      path: [...path, 'imageTag'],
      message: `"${tag}" is neither a tag nor a digest`,
    });
  return given({ image: imageReference(registry?.host ?? containerRegistry, repository, tag), registry });
}

function taskVolumes(
  { volumes = [] }: TaskConfig,
  rendering: Rendering,
): { volumes: JsonObject[]; mounts: JsonObject[] } {
  const path = [...at, 'taskConfig', 'volumes'];
  const sources = volumes.map(({ name, source }, i): JsonObject => {
    if (!source.secret) return { name, emptyDir: source.ephemeral?.medium === 'MEMORY' ? { medium: 'Memory' } : {} };
    return {
      name,
      secret: {
        secretName: renderText(source.secret.secretName, [...path, i, 'source', 'secret', 'secretName'], rendering),
      },
    };
  });
  const mounts = volumes.map(({ name, mount }, i): JsonObject => {
    const mountPath = renderText(mount.mountPath, [...path, i, 'mount', 'mountPath'], rendering);
    return given({ name, mountPath, readOnly: mount.readOnly }) as JsonObject;
  });
  return { volumes: sources, mounts };
}

/** The manifest as written, with what Towpath owns; templates are rendered inside the parsed tree, never as text (docs/spec.md §6.2). */
function fromManifest(job: JsonObject, of: JobOf): BuiltJob {
  const { rendering } = of;
  const path = [...at, 'kubernetesConfig', 'local', 'path'];
  const rendered = renderTree(job, (text) => renderText(text, path, rendering)) as JsonObject;
  const wanted = dig(rendered, ['metadata', 'annotations', 'towpath.dev/main-container']);
  const spec = { ...(dig(rendered, ['spec']) as JsonObject | undefined) };
  const podTemplate = { ...(spec['template'] as JsonObject | undefined) };
  const pod = { ...(podTemplate['spec'] as JsonObject | undefined) };
  const containers = Array.isArray(pod['containers']) ? (pod['containers'] as JsonObject[]) : [];
  const main = containers.find((container) => container['name'] === wanted) ?? containers[0];
  if (!main || (typeof wanted === 'string' && main['name'] !== wanted))
    rendering.issues.push({
      code: 'MANIFEST_FIELD',
      document: rendering.document,
      path,
      message: `the Job has no container "${typeof wanted === 'string' ? wanted : ''}"`,
    });
  const mainContainer = String(main?.['name'] ?? 'main');
  pod['containers'] = containers.map((container) => (container === main ? withResult(container, of) : container));
  pod['restartPolicy'] = 'Never';
  pod['volumes'] = [...(Array.isArray(pod['volumes']) ? pod['volumes'] : []), { name: 'towpath-result', emptyDir: {} }];
  podTemplate['spec'] = pod;
  const ttl = spec['ttlSecondsAfterFinished'];
  const deadline = spec['activeDeadlineSeconds'];
  const owned = jobSpec(of.apply.timeoutMs);
  if (typeof deadline === 'number' && deadline < owned.activeDeadlineSeconds) owned.activeDeadlineSeconds = deadline;
  const { name, generateName, namespace: _, ...metadata } = (dig(rendered, ['metadata']) ?? {}) as JsonObject;
  const named =
    typeof name === 'string'
      ? name
      : typeof generateName === 'string'
        ? generateName
        : `${of.service}-${of.channel}-apply`;
  const manifest: JsonObject = { ...rendered, metadata, spec: { ...spec, ...owned, template: podTemplate } };
  return {
    template: { prefix: prefixOf(named), mainContainer, manifest },
    ttlMs: typeof ttl === 'number' ? ttl * 1000 : hour,
  };
}

/** Variables that are not from Secrets, and the result file (docs/spec.md §7.6, §7.7). */
function withResult(container: JsonObject, of: JobOf): JsonObject {
  const own = Array.isArray(container['env']) ? (container['env'] as JsonObject[]) : [];
  const ownNames = own.map((entry) => String(entry['name']));
  const weak = [...mergeEnv(of.serviceEnv)].filter(
    ([name, value]) => !value.kubernetesSecret && !ownNames.includes(name),
  );
  const strong = [...mergeEnv([{ env: of.apply.env, path: [...at, 'env'], rendering: of.rendering }])];
  for (const [name, value] of strong)
    if (value.kubernetesSecret)
      of.rendering.issues.push({
        code: 'SECRET_EXPOSED',
        document: of.rendering.document,
        path: [...at, 'env', name],
        message: `"${name}" is from a Secret`,
        hint: 'write it into the manifest',
      });
  const strongNames = strong.map(([name]) => name);
  const env = [
    ...weak.filter(([name]) => !strongNames.includes(name)).map(([name, value]) => envEntry(name, value)),
    ...own.filter((entry) => !strongNames.includes(String(entry['name']))),
    ...strong.map(([name, value]) => envEntry(name, value)),
    ...ownEnv(of),
  ];
  const mounts = Array.isArray(container['volumeMounts']) ? container['volumeMounts'] : [];
  return {
    ...container,
    env,
    volumeMounts: [...mounts, { name: 'towpath-result', mountPath: '/towpath' }],
    terminationMessagePath: resultPath,
  };
}

function renderTree(value: Json, text: (value: string) => string): Json {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => renderTree(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [text(key), renderTree(child, text)]));
}
