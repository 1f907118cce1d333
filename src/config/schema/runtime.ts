import { z } from 'zod';
import { alsoSpelled, isGiven, noEffect, object, oneOf, planned, refused } from './define.js';
import { note, type FieldsRule } from './facts.js';
import { Duration, Env, Labels, Name, Text } from './fields.js';
import { ParameterDefinitions } from './parameters.js';
import { TaskConfig } from './program.js';

const pointAtManifest = refused('point "local.path" at the manifest');

const KubernetesConfig = object(
  {
    type: note(z.enum(['KUBERNETES']), { instead: { KUSTOMIZE: 'point "local.path" at the built manifest' } }),
    local: object({
      path: Text,
      paths: planned,
      subPath: pointAtManifest,
      includePatterns: planned,
      excludePatterns: planned,
    }).optional(),
    inlined: planned,
    remote: pointAtManifest,
    patches: pointAtManifest,
    envInjectionMode: planned,
  },
  oneOf('local'),
);

const Command = object(
  {
    taskConfig: TaskConfig.optional(),
    kubernetesConfig: KubernetesConfig.optional(),
    env: Env.optional(),
    timeout: Duration.optional(),
    retryPolicy: planned,
    retryableExitCodes: planned,
    maxConcurrency: planned,
    idempotent: planned,
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);

const Orchestration = object(
  {
    k8s: object({
      namespace: Text.optional(),
      pvnManaged: refused('it is internal to Prodvana; leave it out'),
    }).optional(),
    ecs: refused('Jobs run on Kubernetes only'),
  },
  oneOf('k8s'),
);

const Extension = alsoSpelled(
  object({
    type: noEffect(note(z.enum(['GENERIC']), { instead: 'leave it out' })),
    proxyRuntime: object({ runtime: Name, containerOrchestration: Orchestration.optional() }),
    apply: Command,
    parameters: ParameterDefinitions.optional(),
    fetch: planned,
    getInfo: planned,
    requireApprovalBeforeApply: planned,
    convergenceGracePeriod: planned,
    applyId: planned,
  }),
  { debug: 'getInfo' },
);

/** Exactly one way to reach the cluster (docs/spec.md §2.2). */
const oneWay: FieldsRule = (fields, report) => {
  const ways = ['context', 'kubeconfig'].filter((name) => isGiven(fields, name));
  const inside = isGiven(fields, 'inCluster') && fields['inCluster'] !== false;
  if (inside && ways.length > 0)
    report({
      code: 'ONE_OF',
      path: ['inCluster'],
      atKey: true,
      message: `only one of "inCluster" and "${ways[0]}" may be given`,
    });
  if (!inside && ways.length === 0)
    report({
      code: 'ONE_OF',
      message: 'one of "context", "kubeconfig" and "inCluster: true" is required',
      missing: true,
    });
};

const Link = object(
  { context: Text.optional(), kubeconfig: Text.optional(), inCluster: z.boolean().optional() },
  oneWay,
);

const runsTheTool = refused('write a runtime extension that runs the tool');

/** A linked cluster, or an extension whose commands run as Jobs on one (docs/spec.md §2). */
export const Runtime = alsoSpelled(
  object(
    {
      name: Name,
      labels: noEffect(Labels),
      kubernetes: Link.optional(),
      extension: Extension.optional(),
      autoRollback: planned,
      terraformRunner: runsTheTool,
      pulumiRunner: runsTheTool,
      awsEcs: runsTheTool,
      googleCloudRun: runsTheTool,
      fly: runsTheTool,
      genericDocker: refused('it is the oldest spelling of "extension": write a runtime extension'),
      fake: refused('`towpath demo` starts an embedded cluster'),
    },
    oneOf('kubernetes', 'extension'),
  ),
  { custom: 'extension' },
);
