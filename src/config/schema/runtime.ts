import { z } from 'zod';
import { AutoRollback } from './auto-rollback.js';
import { Apply, Fetch, GetInfo } from './command.js';
import { alsoSpelled, isFalse, isGiven, next, noEffect, object, oneOf, refused } from './define.js';
import { note, type FieldsRule } from './facts.js';
import { Labels, Name, Text } from './fields.js';
import { Duration } from './numbers.js';
import { ParameterDefinitions } from './parameters.js';

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
    apply: Apply,
    parameters: ParameterDefinitions.optional(),
    fetch: next(Fetch),
    getInfo: next(GetInfo),
    requireApprovalBeforeApply: next(z.boolean(), isFalse),
    convergenceGracePeriod: next(Duration),
    applyId: Text.optional(),
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
      autoRollback: AutoRollback.optional(),
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
