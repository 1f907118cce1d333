import { z } from 'zod';
import type { StartBody } from './api.js';

const Values = z.record(z.string(), z.string());

/** What plans and releases are asked with; the values are text and become what the definitions say. */
export const StartBodySchema: z.ZodType<StartBody> = z
  .strictObject({
    application: z.string().min(1),
    service: z.string().min(1),
    parameters: Values,
    parametersByChannel: z.record(z.string(), Values),
    key: z.string().min(1).max(200),
    rerun: z.boolean(),
  })
  .partial()
  .required({ service: true }) as z.ZodType<StartBody>;
