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
      namespace: Text.optional().describe(
        'A namespace that exists; unless said "pvn-proxy-runtime-" and the name of the runtime, which Towpath creates.',
      ),
      pvnManaged: refused('it is internal to Prodvana; leave it out'),
    })
      .optional()
      .describe('The namespace of the Jobs.'),
    ecs: refused('Jobs run on Kubernetes only'),
  },
  oneOf('k8s'),
);

const Extension = alsoSpelled(
  object({
    type: noEffect(note(z.enum(['GENERIC']), { instead: 'leave it out' })),
    proxyRuntime: object({
      runtime: Name.describe('Name of a linked Kubernetes cluster.'),
      containerOrchestration: Orchestration.optional().describe(
        'Where on that cluster the Jobs run; a namespace of their own unless said.',
      ),
    }).describe('The cluster that the commands run on.'),
    apply: Apply.describe('The command that deploys.'),
    parameters: ParameterDefinitions.optional().describe(
      'What services give values for; commands use them as {{.Params.NAME}}.',
    ),
    fetch: next(Fetch).describe(
      'The command that says whether what is deployed is what is wanted; without it a successful apply is enough.',
    ),
    getInfo: next(GetInfo).describe('The command that tells people more about what is deployed.'),
    requireApprovalBeforeApply: next(z.boolean(), isFalse).describe(
      'true: every apply needs an approval, also a repeated one, on top of those of the channel; false unless said.',
    ),
    convergenceGracePeriod: next(Duration).describe(
      'How long, from the start of an apply, fetch may still find work to do before apply runs again; 10m unless said.',
    ),
    applyId: Text.optional().describe('Any text; once it is changed, a version that has not changed is applied again.'),
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
  {
    context: Text.optional().describe(
      'Name of a context in "kubeconfig", or without one in the default kubeconfig of the worker.',
    ),
    kubeconfig: Text.optional().describe(
      'Path of a kubeconfig on the worker; its current context unless "context" is given.',
    ),
    inCluster: z
      .boolean()
      .optional()
      .describe('true: the cluster that the worker runs in, with its own service account; false unless said.'),
  },
  oneWay,
);

const runsTheTool = refused('write a runtime extension that runs the tool');

/** A linked cluster, or an extension whose commands run as Jobs on one (docs/spec.md §2). */
export const Runtime = alsoSpelled(
  object(
    {
      name: Name.describe('Its name, by which channels and extensions refer to it.'),
      labels: noEffect(Labels),
      kubernetes: Link.optional().describe('A linked cluster, and the way in which the worker reaches it.'),
      extension: Extension.optional().describe(
        'A deploy target of your own: commands that run as Jobs on a linked cluster.',
      ),
      autoRollback: AutoRollback.optional().describe('Automatic rollback of the services on this runtime.'),
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
