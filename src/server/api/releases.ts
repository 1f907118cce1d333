import { z } from 'zod';
import { ErrorCode, Status, Time } from './codes.js';

export const ReleaseSummary = z
  .object({
    id: z.string(),
    status: Status,
    version: z.string(),
    requestedBy: z.string(),
    createdAt: Time,
    channels: z.array(
      z.object({
        name: z.string(),
        status: Status,
        reason: ErrorCode.exactOptional().meta({
          description: 'The first code of what keeps it from being CONVERGED.',
        }),
      }),
    ),
  })
  .meta({ id: 'ReleaseSummary' });
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;
