import { Builtin } from './builtin.js';
import { exec } from './command.js';
import { object, oneOf } from './define.js';
import { Name } from './fields.js';
import { Duration, durationFrom } from './numbers.js';
import { ParameterDefinitions } from './parameters.js';

/** A check that holds or fails a deployment (docs/spec.md §10.1). */
export const Protection = object(
  {
    name: Name.describe('Its name, by which channels and services refer to it.'),
    ...exec,
    builtin: Builtin.optional().describe('A check that needs no program.'),
    parameters: ParameterDefinitions.optional().describe(
      'Parameters of its own, which get values where it is used; the check uses them as {{.Params.NAME}}.',
    ),
    pollInterval: durationFrom('5s')
      .optional()
      .describe('How often it is checked, also after success; at least 5s, 1m unless said.'),
    timeout: Duration.optional().describe('How long one check may take; 10m unless said.'),
  },
  oneOf('taskConfig', 'kubernetesConfig', 'builtin'),
);
