import { z } from 'zod';
import { Ref } from './attachment.js';
import { exec, RetryPolicy } from './command.js';
import { isFields, list, object, oneOf, refused, unique, uniqueNames } from './define.js';
import { note } from './facts.js';
import { Name, TemplateText } from './fields.js';
import { Duration } from './numbers.js';
import { ParameterDefinitions } from './parameters.js';

const task = {
  ...exec,
  parameters: ParameterDefinitions.optional().describe(
    'Parameters of its own; the task uses them as {{.Params.NAME}}.',
  ),
  retryPolicy: RetryPolicy.optional().describe(
    'Pauses and number of attempts after a failure; 30s growing to 10m, for at most 24h, unless said.',
  ),
  sharedInstanceKey: TemplateText.optional().describe(
    'Equal keys within a release share one run; the name of the channel unless said.',
  ),
  timeout: Duration.optional().describe('How long one run may take; 1h unless said.'),
};
const oneExec = oneOf('taskConfig', 'kubernetesConfig');

/** A task that is run at a point of the lifecycle (docs/spec.md §10.4). */
export const DeliveryExtension = object(
  { name: Name.describe('Its name, by which services refer to it.'), ...task },
  oneExec,
);

const notHere = 'use PRE_APPROVAL, POST_APPROVAL or POST_DEPLOYMENT';

const ConvergenceExtension = object(
  {
    inlined: object(
      { name: Name.optional().describe('Its name, by which "dependencies" refer to it.'), ...task },
      oneExec,
    )
      .optional()
      .describe('A task of this service alone, which can use the parameters of the service too.'),
    ref: Ref.optional().describe('The delivery extension, and values for its parameters.'),
    instance: refused('use "ref", and "sharedInstanceKey" for what is to run once', 'ref'),
    lifecycle: note(z.enum(['PRE_APPROVAL', 'POST_APPROVAL', 'POST_DEPLOYMENT']), {
      instead: { CONVERGENCE_START: notHere, APPROVAL: notHere, DEPLOYMENT: notHere, CONVERGED: notHere },
    }).describe('When it runs: before the approvals, after them, or after the deployment.'),
    dependencies: list(object({ name: Name.describe('Name of the extension.') }), uniqueNames('dependency'))
      .optional()
      .describe('Extensions of the same channel that must have succeeded before.'),
  },
  oneOf('inlined', 'ref'),
);

/** Delivery extensions that a service uses. */
export const ConvergenceExtensions = list(
  ConvergenceExtension,
  unique({
    what: 'extension',
    key: ({ inlined, ref }) => [inlined, ref].flatMap((each) => (isFields(each) ? [each['name']] : []))[0],
  }),
);
