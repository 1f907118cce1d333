import { given } from '../../release/given.js';
import type { Path } from '../issue.js';
import type {
  ApplyCommand,
  Command,
  ExtensionTask,
  FetchCommand,
  GetInfoCommand,
  Manifest,
  Retry,
  Task,
  Volume,
} from '../model.js';
import type { Written } from '../schema/document.js';
import { env, parameters } from './fields.js';

type WrittenExtension = NonNullable<NonNullable<Written['runtime']>['extension']>;
type WrittenApply = WrittenExtension['apply'];
type WrittenExec = Pick<WrittenApply, 'taskConfig' | 'kubernetesConfig' | 'env' | 'timeout'>;
type WrittenTask = NonNullable<WrittenApply['taskConfig']>;
type WrittenDelivery = NonNullable<Written['deliveryExtension']>;

/** The manifest of the command at a path, if it could be read. */
export type ManifestAt = (command: Path) => Manifest | undefined;
/** A command as it was written, and where it stands. */
interface At<T> {
  written: T;
  at: Path;
  manifestAt: ManifestAt;
}

const [minute, hour] = [60_000, 3_600_000];

/** Undefined when it has neither a program nor a manifest, which has been reported. */
export function command({ written, at, manifestAt }: At<WrittenExec>, timeoutMs: number): Command | undefined {
  const exec = written.taskConfig ? task(written.taskConfig) : manifestAt(at);
  return exec && { exec, env: env(written.env), timeoutMs: written.timeout ?? timeoutMs };
}

export function apply(of: At<WrittenApply>): ApplyCommand | undefined {
  const { retryPolicy, retryableExitCodes = [], maxConcurrency, idempotent } = of.written;
  const own = command(of, hour);
  return (
    own &&
    given({
      ...own,
      retry: retry(retryPolicy),
      retryableExitCodes: retryableExitCodes.length > 0 ? retryableExitCodes : undefined,
      maxConcurrency,
      idempotent: idempotent || undefined,
    })
  );
}

export function fetch(of: At<NonNullable<WrittenExtension['fetch']>>): FetchCommand | undefined {
  const { retryPolicy, pollInterval, steadyStatePollInterval, fetchMode } = of.written;
  const own = command(of, 10 * minute);
  return (
    own &&
    given({
      ...own,
      retry: retry(retryPolicy),
      pollMs: pollInterval ?? minute / 2,
      steadyPollMs: steadyStatePollInterval ?? 30 * minute,
      mode: fetchMode ?? 'EXIT_CODE',
    })
  );
}

export function getInfo(of: At<NonNullable<WrittenExtension['getInfo']>>): GetInfoCommand | undefined {
  const { retryPolicy, pollInterval } = of.written;
  const own = command(of, 10 * minute);
  return own && given({ ...own, retry: retry(retryPolicy), pollMs: pollInterval ?? 5 * minute });
}

/** Of a delivery extension, as a document or inlined. */
export function extensionTask(of: At<Omit<WrittenDelivery, 'name'>>): ExtensionTask | undefined {
  const { parameters: definitions, retryPolicy, sharedInstanceKey } = of.written;
  const own = command(of, hour);
  return (
    own &&
    given({ ...own, parameters: parameters(definitions), retry: retry(retryPolicy), sharedKey: sharedInstanceKey })
  );
}

const retry = (written: WrittenApply['retryPolicy']): Retry | undefined =>
  written &&
  given({
    baseMs: written.baseInterval,
    maxMs: written.maxInterval,
    attempts: written.maxAttempts !== undefined && written.maxAttempts > 0 ? written.maxAttempts : undefined,
  });

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
