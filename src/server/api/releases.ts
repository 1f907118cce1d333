import { z } from 'zod';
import { Status, Time } from './codes.js';

export const ReleaseSummary = z
  .object({
    id: z.string(),
    status: Status,
    version: z.string(),
    requestedBy: z.string(),
    createdAt: Time,
    channels: z.array(z.object({ name: z.string(), status: Status })),
  })
  .meta({ id: 'ReleaseSummary' });
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;
