import { z } from 'zod';
import type {
  ChannelPlan as Channel,
  CommandPlan as Command,
  GatePlan as Gate,
  JobTemplate as Job,
  JsonObject,
  PullSecret as Secret,
  ReleasePlan as Plan,
} from '../../release/plan.js';
import type { Fields } from './fields.js';

const GatePlan = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stable'), channel: z.string() }),
  z.object({ kind: z.literal('approval'), name: z.string(), description: z.string().exactOptional() }),
]) satisfies z.ZodType<Gate>;

const PullSecret = z.object({
  registry: z.string(),
  from: z.object({ namespace: z.string(), name: z.string() }),
  as: z.string(),
} satisfies Fields<Secret>);

const CommandPlan = z.object({
  job: z.string().meta({ description: 'Key into `jobs`.' }),
  timeoutMs: z.int(),
  ttlMs: z.int(),
  pullSecrets: z.array(PullSecret),
} satisfies Fields<Command>);

const ChannelPlan = z
  .object({
    name: z.string(),
    gates: z.array(GatePlan),
    runtime: z.string(),
    cluster: z.string(),
    namespace: z.object({ name: z.string(), managed: z.boolean() }),
    supersede: z.literal('latestWins'),
    apply: CommandPlan,
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
  } satisfies Fields<Channel>)
  .meta({ id: 'ChannelPlan' });

// What stands in a Job is Kubernetes' to describe: here it is any JSON object.
const Manifest = z.record(z.string(), z.unknown()).meta({ description: 'A batch/v1 Job.' }) as z.ZodType<JsonObject>;

const JobTemplate = z.object({
  prefix: z.string(),
  mainContainer: z.string(),
  manifest: Manifest,
} satisfies Fields<Job>);

const Given = z.object({ kind: z.string(), text: z.string() });

export const ReleasePlan = z
  .object({
    application: z.string(),
    service: z.string(),
    version: z.object({ number: z.int(), name: z.string() }),
    digest: z.string().meta({ description: 'SHA-256 of what the release pins; what approvals refer to.' }),
    pinned: z.record(z.string(), z.int()).meta({ description: 'Config versions, by `kind/name`.' }),
    channels: z.array(ChannelPlan),
    jobs: z.record(z.string(), JobTemplate).meta({ description: 'Job templates by their digest.' }),
    values: z
      .record(z.string(), z.record(z.string(), Given))
      .exactOptional()
      .meta({ description: 'What was given, by channel and name: the next version starts from it.' }),
    warnings: z.array(z.string()),
  } satisfies Fields<Plan>)
  .meta({ id: 'ReleasePlan', description: 'Everything that a release will do.' }) satisfies z.ZodType<Plan>;
