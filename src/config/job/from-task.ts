import { given } from '../../release/given.js';
import type { JsonObject } from '../../release/plan.js';
import { quoted, type Path } from '../issue.js';
import type { Quantities, Task, Volume } from '../model.js';
import { isOpen, renderFull, renderText, reportTo, type Rendering } from '../plan/rendering.js';
import { isQuantity } from '../quantity.js';
import { isMountPath, mountPathRule } from '../schema/program.js';
import type { BuiltJob, JobOf } from './build.js';
import { mergeEnv, ownVariables } from './env.js';
import { imageOf } from './image.js';
import { ownPrefix, ownSpec, pullSecretsOf, replacement, resultEmptyDir, resultMount, termination } from './spec.js';

/** The places of a task's fields. */
interface In {
  taskConfig: Path;
  program: Path;
  rendering: Rendering;
}

/** One container `main` from a `taskConfig` (docs/spec.md §2.6). */
export function fromTask(task: Task, of: JobOf): BuiltJob {
  const { rendering } = of;
  const taskConfig = [...of.at, 'taskConfig'];
  const inTask: In = { taskConfig, program: [...taskConfig, 'program'], rendering };
  const { reference, registries } = imageOf(task, { ...inTask, catalog: of.catalog });
  const account = optional(task.serviceAccount, [...taskConfig, 'k8s', 'serviceAccount'], rendering);
  const pullSecrets = pullSecretsOf(registries);
  const pod = given({
    restartPolicy: 'Never',
    serviceAccountName: account,
    automountServiceAccountToken: account === undefined ? false : undefined,
    imagePullSecrets: pullSecrets.length > 0 ? pullSecrets : undefined,
    containers: [container(task, reference, { ...of, ...inTask })],
    volumes: [...task.volumes.map((volume, i) => volumeOf(volume, i, inTask)), resultEmptyDir],
  });
  const spec = { ...ownSpec(of.command.timeoutMs), ...replacement(of), template: { spec: pod } };
  return {
    template: {
      prefix: ownPrefix(of),
      mainContainer: 'main',
      manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec },
    },
    ttlMs: task.ttlMs,
    registries,
  };
}

function container(task: Task, image: string, of: JobOf & In): JsonObject {
  const { serviceEnv, command, at, instance, program, rendering } = of;
  const env = mergeEnv([
    ...serviceEnv,
    { env: task.env, path: [...program, 'env'], rendering },
    { env: command.env, path: [...at, 'env'], rendering },
  ]);
  return given({
    name: 'main',
    image,
    command: words(task.entrypoint, 'entrypoint', of),
    args: words(task.cmd, 'cmd', of),
    workingDir: optional(task.workingDirectory, [...program, 'workingDirectory'], rendering),
    resources: resources(task, of),
    env: [...ownVariables(instance), ...env.map(({ entry }) => entry)],
    volumeMounts: [...task.volumes.map((volume, i) => mountOf(volume, i, of)), resultMount],
    ...termination,
  });
}

const optional = (text: string | undefined, path: Path, rendering: Rendering): string | undefined =>
  text === undefined ? undefined : renderFull(text, { path }, rendering);

const words = (texts: readonly string[] | undefined, name: string, { program, rendering }: In): string[] | undefined =>
  texts?.map((text, i) => renderText(text, { path: [...program, name, i], expanded: true }, rendering));

function resources({ requests, limits }: Task, inTask: In): JsonObject | undefined {
  if (!requests && !limits) return undefined;
  return given({
    requests: requests && quantities(requests, 'requests', inTask),
    limits: limits && quantities(limits, 'limits', inTask),
  });
}

function quantities(of: Quantities, name: string, { program, rendering }: In): JsonObject {
  const entries = Object.entries(of).map(([what, text]: [string, string]) => {
    const path = [...program, 'resources', name, what];
    const quantity = renderText(text, { path }, rendering);
    if (!isOpen(quantity) && !isQuantity(quantity))
      reportTo(rendering, {
        code: 'BAD_VALUE',
        path,
        message: `${quoted(quantity)} is no quantity, such as 500m or 1Gi`,
      });
    return [what, quantity];
  });
  return Object.fromEntries(entries) as JsonObject;
}

function volumeOf({ name, secretName, memory }: Volume, i: number, { taskConfig, rendering }: In): JsonObject {
  if (secretName === undefined) return { name, emptyDir: memory ? { medium: 'Memory' } : {} };
  const path = [...taskConfig, 'volumes', i, 'source', 'secret', 'secretName'];
  return { name, secret: { secretName: renderFull(secretName, { path }, rendering) } };
}

/** The rule of the path was checked as it was written; a template may still lead elsewhere. */
function mountOf({ name, mountPath, readOnly }: Volume, i: number, { taskConfig, rendering }: In): JsonObject {
  const path = [...taskConfig, 'volumes', i, 'mount', 'mountPath'];
  const rendered = renderText(mountPath, { path }, rendering);
  if (!isOpen(rendered) && !isMountPath(rendered))
    reportTo(rendering, { code: 'BAD_VALUE', path, message: `${quoted(rendered)} ${mountPathRule}` });
  return given({ name, mountPath: rendered, readOnly });
}
