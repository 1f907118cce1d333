import { z } from 'zod';
import { fullList, isFields, list, object, oneOf, unique } from './define.js';
import { Name } from './fields.js';
import { Duration, DurationOrZero } from './numbers.js';
import { ParameterValues } from './parameters.js';

/** A document that is used, and values for its parameters. */
export const Ref = object({
  name: Name.describe('The "name" of its document.'),
  parameters: ParameterValues.optional().describe(
    'Values for its parameters; those of the service can be used in them.',
  ),
});

const lifecycles = ['preApproval', 'postApproval', 'deployment', 'postDeployment'] as const;

/** When a protection is polled, and what its failing means then (docs/spec.md §10.3). */
const Lifecycle = object(
  {
    preApproval: object({}).optional().describe('Before and while approvals are waited for; failing blocks.'),
    postApproval: object({})
      .optional()
      .describe('After the approvals and before anything is deployed; failing blocks.'),
    deployment: object({
      failureBehavior: z
        .enum(['BLOCK', 'FAIL'])
        .optional()
        .describe('What failing does: hold the deployment, or fail it; "BLOCK" unless said.'),
    })
      .optional()
      .describe('While it is deployed.'),
    postDeployment: object({
      delayCheckDuration: DurationOrZero.optional().describe(
        'How long after the deployment the checks begin; 0s unless said.',
      ),
      checkDuration: Duration.describe('How long the checks go on from there.'),
    })
      .optional()
      .describe('For some time after it was deployed; failing fails the deployment.'),
  },
  oneOf(...lifecycles),
);

const Attachment = object({
  name: Name.optional().describe('Its name in this list; that of the protection unless said.'),
  ref: Ref.describe('The protection, and values for its parameters.'),
  lifecycle: fullList(
    Lifecycle,
    unique({ what: 'lifecycle', key: (item) => lifecycles.find((name) => item[name] !== undefined) }),
  ).describe('When it is checked; each point at most once.'),
});

/** Protections of a channel, an instance or a release (docs/spec.md §10.2). */
export const Attachments = list(
  Attachment,
  unique({
    what: 'protection',
    key: ({ name, ref }) => name ?? (isFields(ref) ? ref['name'] : undefined),
    hint: 'give each its own "name"',
  }),
);
