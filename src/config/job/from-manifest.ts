import type { JsonObject } from '../../release/plan.js';
import { compareBytes } from '../issue.js';
import type { Manifest, Registry } from '../model.js';
import { isOpen, reportTo } from '../plan/rendering.js';
import type { BuiltJob, JobOf } from './build.js';
import { mergeEnv, ownVariables, type Variable } from './env.js';
import { registriesOf } from './image.js';
import { mainContainerOf } from './main-container.js';
import { checkManifest, type Report } from './manifest-rules.js';
import { shapeOf, type ManifestContainer, type ManifestJob } from './manifest-shape.js';
import { renderManifest } from './render-manifest.js';
import {
  ownPrefix,
  ownSpec,
  prefixOf,
  pullSecretsOf,
  replacement,
  resultEmptyDir,
  resultMount,
  termination,
} from './spec.js';

const hour = 3_600_000;

/** The manifest as it was written, with what Towpath owns (docs/spec.md §7.3, §7.4). */
export function fromManifest({ job: written, noEnv }: Manifest, all: JobOf): BuiltJob | undefined {
  const of = noEnv ? { ...all, serviceEnv: [], command: { ...all.command, env: [] } } : all;
  const report: Report = ({ code = 'MANIFEST_FIELD', ...found }) =>
    reportTo(of.rendering, { code, ...found, inManifest: of.at });
  const tree = renderManifest(written, of.at, of.rendering);
  const job = shapeOf(tree, report);
  const main = job && mainContainerOf(job, report);
  if (!job || !main) return undefined;
  const { timeoutMs } = of.command;
  checkManifest(job, report, { namespace: of.namespace, timeoutMs, main });
  const registries = registriesFor(job, of);
  const { ttlSecondsAfterFinished } = job.spec;
  return {
    template: {
      prefix: prefixFor(job, of),
      mainContainer: main.name,
      manifest: complete(job, { main, registries, of }),
    },
    ttlMs: ttlSecondsAfterFinished === undefined ? hour : ttlSecondsAfterFinished * 1000,
    registries,
  };
}

function prefixFor({ metadata }: ManifestJob, of: JobOf): string {
  const name = metadata?.name ?? metadata?.generateName;
  return name === undefined || isOpen(name) ? ownPrefix(of) : prefixOf(name);
}

/** A manifest that names its own pull secrets is left alone (docs/spec.md §7.5). */
function registriesFor({ spec }: ManifestJob, { catalog }: JobOf): Registry[] {
  const { containers, initContainers = [], imagePullSecrets } = spec.template.spec;
  if (imagePullSecrets) return [];
  const found = [...containers, ...initContainers].flatMap(({ image }) =>
    image === undefined ? [] : registriesOf(image, catalog),
  );
  return [...new Set(found)].filter(({ pullSecret }) => pullSecret).sort((a, b) => compareBytes(a.name, b.name));
}

interface Completing {
  main: ManifestContainer;
  registries: Registry[];
  of: JobOf;
}

/** Its name is derived for each run, and its namespace is where it is created. */
function complete(job: ManifestJob, { main, registries, of }: Completing): JsonObject {
  const { name: _name, generateName: _generateName, namespace: _namespace, ...metadata } = job.metadata ?? {};
  const own = ownSpec(of.command.timeoutMs);
  const deadline = Math.min(job.spec.activeDeadlineSeconds ?? own.activeDeadlineSeconds, own.activeDeadlineSeconds);
  const { template } = job.spec;
  const secrets = pullSecretsOf(registries);
  const pod = {
    ...template.spec,
    restartPolicy: 'Never',
    ...(secrets.length > 0 ? { imagePullSecrets: secrets } : {}),
    containers: template.spec.containers.map((each) => (each === main ? mainContainer(each, of) : each)),
    volumes: [...(template.spec.volumes ?? []), resultEmptyDir],
  };
  const spec = {
    ...job.spec,
    ...own,
    ...replacement(of),
    activeDeadlineSeconds: deadline,
    template: { ...template, spec: pod },
  };
  return { apiVersion: 'batch/v1', kind: 'Job', ...job, metadata, spec } as JsonObject;
}

function mainContainer(container: ManifestContainer, of: JobOf): ManifestContainer {
  return {
    ...container,
    env: environment(container.env ?? [], of) as ManifestContainer['env'],
    volumeMounts: [...(container.volumeMounts ?? []), resultMount as { mountPath: string }],
    ...termination,
  };
}

/** Sources 1 to 3, the container's own, and the command's: later ones win (docs/spec.md §7.6). */
function environment(
  own: readonly { name: string }[],
  { serviceEnv, command, at, instance, rendering }: JobOf,
): unknown[] {
  const strong = mergeEnv([{ env: command.env, path: [...at, 'env'], rendering }]);
  const strongNames = new Set(strong.map(({ name }) => name));
  const taken = new Set([...strongNames, ...own.map(({ name }) => name)]);
  const weak = mergeEnv(serviceEnv).filter(({ name }) => !taken.has(name));
  for (const variable of weak) refuseSecret(variable, 'warning');
  for (const variable of strong) refuseSecret(variable, 'error');
  return [
    ...ownVariables(instance),
    ...weak.filter(({ fromSecret }) => !fromSecret).map(({ entry }) => entry),
    ...own.filter(({ name }) => !strongNames.has(name)),
    ...strong.map(({ entry }) => entry),
  ];
}

/** Only values that are not from Secrets are injected into a manifest. */
function refuseSecret({ name, fromSecret, path, rendering }: Variable, severity: 'error' | 'warning'): void {
  if (!fromSecret) return;
  const message = `"${name}" is from a Secret, and such a variable is not added to a manifest`;
  const hint = 'write it into the manifest, with a secretKeyRef';
  reportTo(rendering, { code: 'SECRET_EXPOSED', severity, path, atKey: true, message, hint });
}
