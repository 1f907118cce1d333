import { z } from 'zod';
import type { ChannelChanges } from '../../release/plan-changes.js';

const Compared = z.enum(['new', 'changed', 'same']);

const Channel = z.object({
  channel: z.string(),
  job: Compared,
  gates: Compared,
  values: z.array(
    z.object({
      name: z.string(),
      change: z.enum(['new', 'changed', 'carried', 'gone']),
      before: z.string().exactOptional(),
      value: z.string().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<ChannelChanges>;

/** What a plan does differently from the last release; `since` is that release. */
export const PlanChanges = z.object({ since: z.string().exactOptional(), channels: z.array(Channel) });
export type PlanChanges = z.infer<typeof PlanChanges>;
