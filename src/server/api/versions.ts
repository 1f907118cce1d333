import { z } from 'zod';
import { StartBody } from './start.js';

export const VersionBody = StartBody.pick({
  application: true,
  service: true,
  parameters: true,
  parametersByChannel: true,
}).meta({ id: 'VersionBody' });
export type VersionBody = z.infer<typeof VersionBody>;

export const VersionAnswer = z
  .object({
    outcome: z.enum(['created', 'existing']).meta({ description: 'existing: equal content is the same version.' }),
    application: z.string(),
    service: z.string(),
    number: z.int(),
    version: z.string().meta({ description: 'Its display name.' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'VersionAnswer' });
export type VersionAnswer = z.infer<typeof VersionAnswer>;
