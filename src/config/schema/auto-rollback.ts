import { z } from 'zod';
import { object } from './define.js';

/** Of a runtime or a service (docs/spec.md §9.11). Holds as it is written: nothing is rolled back automatically yet. */
export const AutoRollback = object({
  disabled: z.boolean().optional().describe('true: no automatic rollback, and there is none yet; false unless said.'),
});
