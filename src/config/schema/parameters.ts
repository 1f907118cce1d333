import { z } from 'zod';
import { definitionFields, kindNames, valueFields } from '../kinds/index.js';
import { list, object, oneOf, planned, uniqueNames } from './define.js';
import { ParameterName, secretFields } from './fields.js';

const plannedKinds = { bool: planned, secret: planned, commit: planned, blob: planned };

/** Parameters of a runtime or a service: each has exactly one kind (docs/spec.md §3.1). */
export const ParameterDefinitions = list(
  object(
    {
      name: ParameterName,
      description: z.string().optional(),
      required: z.boolean().optional(),
      ...definitionFields,
      ...plannedKinds,
    },
    oneOf(...kindNames),
  ),
  uniqueNames('parameter'),
);

const { rawSecret, secretRef } = secretFields;

/** Values for the parameters of a runtime (docs/spec.md §3.3). */
export const ParameterValues = list(
  object(
    { name: ParameterName, ...valueFields, ...plannedKinds, rawSecret, secretRef },
    oneOf(...Object.keys(valueFields)),
  ),
  uniqueNames('a value for parameter'),
);
