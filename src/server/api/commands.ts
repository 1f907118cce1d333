import { z } from 'zod';
import type { CommandKind } from '../../release/view.js';

export const CommandBody = z
  .strictObject({
    kind: z.enum(['cancel', 'retry']) satisfies z.ZodType<CommandKind>,
    channel: z.string().min(1).max(100).exactOptional().meta({ description: 'Retry: this FAILED channel only.' }),
    reason: z.string().max(500).exactOptional(),
    requestId: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .meta({ description: 'The same id is the same command. Made by the server otherwise.' }),
  })
  .refine(({ kind, channel }) => kind === 'retry' || channel === undefined, {
    path: ['channel'],
    message: 'a cancel is for the whole release',
  })
  .meta({ id: 'CommandBody' });
export type CommandBody = z.infer<typeof CommandBody>;
