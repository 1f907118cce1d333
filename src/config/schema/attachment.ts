import { z } from 'zod';
import { fullList, isFields, list, object, oneOf, unique } from './define.js';
import { Name } from './fields.js';
import { Duration, DurationOrZero } from './numbers.js';
import { ParameterValues } from './parameters.js';

/** A document that is used, and values for its parameters. */
export const Ref = object({ name: Name, parameters: ParameterValues.optional() });

const lifecycles = ['preApproval', 'postApproval', 'deployment', 'postDeployment'] as const;

/** When a protection is polled, and what its failing means then (docs/spec.md §10.3). */
const Lifecycle = object(
  {
    preApproval: object({}).optional(),
    postApproval: object({}).optional(),
    deployment: object({ failureBehavior: z.enum(['BLOCK', 'FAIL']).optional() }).optional(),
    postDeployment: object({ delayCheckDuration: DurationOrZero.optional(), checkDuration: Duration }).optional(),
  },
  oneOf(...lifecycles),
);

const Attachment = object({
  name: Name.optional(),
  ref: Ref,
  lifecycle: fullList(
    Lifecycle,
    unique({ what: 'lifecycle', key: (item) => lifecycles.find((name) => item[name] !== undefined) }),
  ),
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
