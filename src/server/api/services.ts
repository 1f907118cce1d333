import { z } from 'zod';

const Channel = z.object({
  name: z.string(),
  /** Of the newest release that takes the channel; absent when none did. */
  status: z.string().exactOptional(),
  /** That release. */
  release: z.string().exactOptional(),
  /** What is deployed: the version that converged there last. */
  stable: z.object({ version: z.string(), release: z.string(), since: z.string() }).exactOptional(),
  /** The number of the last run. */
  run: z.number().exactOptional(),
});

/** One service, and how it stands in each channel of its application. */
export const ServiceSummary = z.object({
  application: z.string(),
  service: z.string(),
  /** Of its newest release. */
  version: z.string().exactOptional(),
  /** Its newest release. */
  release: z.string().exactOptional(),
  channels: z.array(Channel),
});
export type ServiceSummary = z.infer<typeof ServiceSummary>;

const Parameter = z.object({
  name: z.string(),
  kind: z.string(),
  description: z.string().exactOptional(),
  required: z.boolean(),
  default: z.string().exactOptional(),
  /** What the newest release was given, by channel: the next one starts from it. */
  values: z.record(z.string(), z.string()),
});

export const ServiceDetail = ServiceSummary.extend({
  parameters: z.array(Parameter),
  /** The newest release. */
  last: z
    .object({ id: z.string(), status: z.string(), version: z.string(), requestedBy: z.string(), createdAt: z.string() })
    .exactOptional(),
});
export type ServiceDetail = z.infer<typeof ServiceDetail>;
