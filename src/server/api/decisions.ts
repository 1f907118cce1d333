import { z } from 'zod';
import { ReleaseView } from './view.js';

export const DecisionBody = z
  .strictObject({
    channel: z.string().min(1),
    gate: z.string().min(1).exactOptional().meta({ description: 'Needed only when the channel has several.' }),
    decision: z.enum(['approve', 'reject']),
    reason: z.string().max(500).exactOptional().meta({ description: 'A rejection needs one.' }),
    requestId: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .meta({ description: 'The same id is the same decision. Made by the server otherwise.' }),
  })
  .meta({ id: 'DecisionBody' });
export type DecisionBody = z.infer<typeof DecisionBody>;

export const DecisionAnswer = z
  .object({
    requestId: z.string(),
    outcome: z.enum(['counted', 'refused', 'later']).meta({
      description: 'later: stored and sent; no worker answered in time.',
    }),
    why: z.string().exactOptional(),
    view: ReleaseView.exactOptional(),
  })
  .meta({ id: 'DecisionAnswer' });
export type DecisionAnswer = z.infer<typeof DecisionAnswer>;
