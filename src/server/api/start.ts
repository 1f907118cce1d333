import { z } from 'zod';
import { ReleasePlan } from './plan.js';
import { ChannelPreview, PlanChanges } from './plans.js';

const Values = z.record(z.string(), z.string());

/** The values are text and become what the definitions say. */
export const StartBody = z
  .strictObject({
    application: z.string().min(1).exactOptional(),
    service: z.string().min(1).meta({ description: '`my-service` where that is unambiguous, or `my-app/my-service`.' }),
    parameters: Values.exactOptional().meta({
      description: 'A value that is not given is that of the version pushed or released last.',
    }),
    parametersByChannel: z
      .record(z.string(), Values)
      .exactOptional()
      .meta({ description: 'Values for one channel: channel, name, value.' }),
    version: z
      .string()
      .regex(/^v?[1-9]\d{0,8}$/)
      .exactOptional()
      .meta({ description: 'An existing version, `5` or `v5`, as it was made: without values beside it.' }),
    key: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .meta({ description: 'The same key is the same release, however often it is asked for.' }),
    rerun: z.boolean().exactOptional().meta({ description: 'Also when this version is released already.' }),
    channels: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .meta({ description: 'The channels that the release takes; all when absent.' }),
  })
  .meta({ id: 'StartBody' });
export type StartBody = z.infer<typeof StartBody>;

export const StartAnswer = z
  .object({
    outcome: z.enum(['created', 'existing', 'unchanged']).meta({
      description: 'existing: the key was known. unchanged: the newest release has this version already.',
    }),
    id: z.string().meta({ description: '`my-app/my-service/7`' }),
    version: z.string(),
    digest: z.string(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'StartAnswer' });
export type StartAnswer = z.infer<typeof StartAnswer>;

export const PlanAnswer = z
  .object({
    plan: ReleasePlan,
    unchanged: z.boolean().meta({ description: 'A start without `rerun` would start nothing.' }),
    channels: z.array(ChannelPreview).meta({ description: 'The plan, read for people: gates, who can act, Jobs.' }),
    changes: PlanChanges.meta({ description: 'What differs from the last release.' }),
  })
  .meta({ id: 'PlanAnswer' });
export type PlanAnswer = z.infer<typeof PlanAnswer>;
