import { z } from 'zod';
import type { JobPreview as Job, VariablePreview as Variable } from '../../release/job-preview.js';
import type { ChannelChanges } from '../../release/plan-changes.js';
import type { ChannelPreview as Preview, GatePreview as Gate } from '../../release/preview.js';
import type { Fields } from './fields.js';

const Compared = z.enum(['new', 'changed', 'same']);

const Channel = z.object({
  channel: z.string(),
  job: Compared,
  gates: Compared,
  facts: z
    .array(z.object({ fact: z.string(), before: z.string().exactOptional(), value: z.string().exactOptional() }))
    .meta({ description: 'What of the Job and the gates differs: `args[1]`, `env[ZONE].value`, `deadline`.' }),
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

const GatePreview = z.object({
  kind: z.enum(['stable', 'approval']),
  name: z.string().meta({ description: 'The channel that must be stable, or the name of the approval.' }),
  description: z.string().exactOptional(),
  who: z.string().meta({ description: 'Who can make it pass, as a sentence.' }),
} satisfies Fields<Gate>);

const VariablePreview = z.union([
  z.object({ name: z.string(), value: z.string() }),
  z.object({ name: z.string(), secret: z.object({ name: z.string(), key: z.string() }) }),
  z.object({ name: z.string(), from: z.string().meta({ description: 'Another source of Kubernetes’.' }) }),
]) satisfies z.ZodType<Variable>;

const JobPreview = z.object({
  command: z.literal('apply'),
  digest: z.string().meta({ description: 'Key into `plan.jobs`; the release that is started has the same.' }),
  namespace: z.string(),
  managed: z.boolean().meta({ description: 'The namespace is made when it is missing; else it must exist.' }),
  prefix: z.string().meta({ description: 'The name of the Job begins so.' }),
  image: z.string(),
  entrypoint: z.array(z.string()).exactOptional(),
  args: z.array(z.string()).exactOptional(),
  env: z.array(VariablePreview).meta({ description: 'A Secret is named; its value is not known here.' }),
  serviceAccount: z.string().exactOptional(),
  otherContainers: z.array(z.object({ name: z.string(), image: z.string() })),
  timeoutMs: z.int(),
} satisfies Fields<Job>);

/** A channel of a plan as a person reads it. */
export const ChannelPreview = z
  .object({
    name: z.string(),
    runtime: z.string(),
    cluster: z.string(),
    gates: z.array(GatePreview),
    jobs: z.array(JobPreview),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
  } satisfies Fields<Preview>)
  .meta({ id: 'ChannelPreview' });
