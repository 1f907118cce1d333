import { z } from 'zod';
import { definitionFields, kindNames, valueFields } from '../kinds/index.js';
import { list, object, oneOf, uniqueNames } from './define.js';
import { ParameterName, secretFields } from './fields.js';

/** Parameters of a runtime or a service: each has exactly one kind (docs/spec.md §3.1). */
export const ParameterDefinitions = list(
  object(
    {
      name: ParameterName.describe('What templates call it: {{.Params.NAME}}.'),
      description: z.string().optional().describe('What it is for, in words for people.'),
      required: z
        .boolean()
        .optional()
        .describe('true: nothing is released without a value or a default; false unless said.'),
      ...definitionFields,
    },
    oneOf(...kindNames),
  ),
  uniqueNames('parameter'),
);

const { rawSecret, secretRef } = secretFields;

/** Values for the parameters of a runtime (docs/spec.md §3.3). */
export const ParameterValues = list(
  object(
    { name: ParameterName.describe('The parameter that gets this value.'), ...valueFields, rawSecret, secretRef },
    oneOf(...Object.keys(valueFields)),
  ),
  uniqueNames('a value for parameter'),
);
