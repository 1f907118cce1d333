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
  parameters: ParameterDefinitions.optional(),
  retryPolicy: RetryPolicy.optional(),
  sharedInstanceKey: TemplateText.optional(),
  timeout: Duration.optional(),
};
const oneExec = oneOf('taskConfig', 'kubernetesConfig');

/** A task that is run at a point of the lifecycle (docs/spec.md §10.4). */
export const DeliveryExtension = object({ name: Name, ...task }, oneExec);

const notHere = 'use PRE_APPROVAL, POST_APPROVAL or POST_DEPLOYMENT';

const ConvergenceExtension = object(
  {
    inlined: object({ name: Name.optional(), ...task }, oneExec).optional(),
    ref: Ref.optional(),
    instance: refused('use "ref", and "sharedInstanceKey" for what is to run once', 'ref'),
    lifecycle: note(z.enum(['PRE_APPROVAL', 'POST_APPROVAL', 'POST_DEPLOYMENT']), {
      instead: { CONVERGENCE_START: notHere, APPROVAL: notHere, DEPLOYMENT: notHere, CONVERGED: notHere },
    }),
    dependencies: list(object({ name: Name }), uniqueNames('dependency')).optional(),
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
