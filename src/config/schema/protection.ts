import { Builtin } from './builtin.js';
import { exec } from './command.js';
import { object, oneOf } from './define.js';
import { Name } from './fields.js';
import { Duration, durationFrom } from './numbers.js';
import { ParameterDefinitions } from './parameters.js';

/** A check that holds or fails a deployment (docs/spec.md §10.1). */
export const Protection = object(
  {
    name: Name,
    ...exec,
    builtin: Builtin.optional(),
    parameters: ParameterDefinitions.optional(),
    pollInterval: durationFrom('5s').optional(),
    timeout: Duration.optional(),
  },
  oneOf('taskConfig', 'kubernetesConfig', 'builtin'),
);
