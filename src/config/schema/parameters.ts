import { z } from 'zod';
import { definitionFields, kindNames, valueFields } from '../kinds/index.js';
import { list, object, oneOf, uniqueNames } from './define.js';
import { ParameterName, secretFields } from './fields.js';

/** Parameters of a runtime or a service: each has exactly one kind (docs/spec.md §3.1). */
export const ParameterDefinitions = list(
  object(
    {
      name: ParameterName,
      description: z.string().optional(),
      required: z.boolean().optional(),
      ...definitionFields,
    },
    oneOf(...kindNames),
  ),
  uniqueNames('parameter'),
);

const { rawSecret, secretRef } = secretFields;

/** Values for the parameters of a runtime (docs/spec.md §3.3). */
export const ParameterValues = list(
  object({ name: ParameterName, ...valueFields, rawSecret, secretRef }, oneOf(...Object.keys(valueFields))),
  uniqueNames('a value for parameter'),
);
