import { given } from '../../release/given.js';
import type { ClusterRuntime, Command, ExtensionRuntime, Manifest, Task, Volume } from '../model.js';
import type { Written } from '../schema/document.js';
import { env, parameters } from './fields.js';

type WrittenRuntime = NonNullable<Written['runtime']>;
type WrittenCommand = NonNullable<WrittenRuntime['extension']>['apply'];
type WrittenTask = NonNullable<WrittenCommand['taskConfig']>;

const hour = 3_600_000;

export function runtime(
  { name, kubernetes, extension }: WrittenRuntime,
  manifest: Manifest | undefined,
): ClusterRuntime | ExtensionRuntime | undefined {
  if (!extension) return kubernetes && { kind: 'runtime', name, kubernetes: given(kubernetes) };
  const apply = command(extension.apply, manifest);
  return (
    apply && {
      kind: 'runtime',
      name,
      extension: given({
        cluster: extension.proxyRuntime.runtime,
        namespace: extension.proxyRuntime.containerOrchestration?.k8s?.namespace,
        apply,
        parameters: parameters(extension.parameters),
      }),
    }
  );
}

function command(written: WrittenCommand, manifest: Manifest | undefined): Command | undefined {
  const exec = written.taskConfig ? task(written.taskConfig) : manifest;
  return exec && { exec, env: env(written.env), timeoutMs: written.timeout ?? hour };
}

function task({ program, volumes = [], ttl = hour, k8s }: WrittenTask): Task | undefined {
  const image = imageOf(program);
  if (image === undefined) return undefined;
  const { entrypoint, cmd, workingDirectory, resources } = program;
  return given({
    kind: 'task' as const,
    image,
    entrypoint,
    cmd,
    env: env(program.env),
    workingDirectory,
    requests: resources?.requests && given(resources.requests),
    limits: resources?.limits && given(resources.limits),
    volumes: volumes.map(volume),
    ttlMs: ttl,
    serviceAccount: k8s?.serviceAccount,
  });
}

function imageOf({ image, imageTag, imageRegistryInfo }: WrittenTask['program']): Task['image'] | undefined {
  if (image !== undefined || imageTag === undefined || !imageRegistryInfo) return image;
  const { containerRegistry, imageRepository } = imageRegistryInfo;
  return { registry: containerRegistry, repository: imageRepository, tag: imageTag };
}

const volume = ({ name, source, mount }: NonNullable<WrittenTask['volumes']>[number]): Volume =>
  given({
    name,
    secretName: source.secret?.secretName,
    memory: source.ephemeral?.medium === 'MEMORY' ? true : undefined,
    mountPath: mount.mountPath,
    readOnly: mount.readOnly,
  });
