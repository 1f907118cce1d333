import { given } from './given.js';
import { jobPreview, type JobPreview } from './job-preview.js';
import { own } from './own.js';
import type { ChannelPlan, GatePlan, ReleasePlan } from './plan.js';
import { whoApproves, whoStabilises } from './who-acts.js';

export interface GatePreview {
  kind: GatePlan['kind'];
  /** The channel that must be stable, or the approval's name. */
  name: string;
  description?: string;
  /** Who can make it pass. */
  who: string;
}

/** One channel of a plan for people: what it waits for and what will run. */
export interface ChannelPreview {
  name: string;
  runtime: string;
  cluster: string;
  /** All must pass; with none the channel starts at once. */
  gates: GatePreview[];
  jobs: JobPreview[];
  /** Resolved values of the runtime's parameters. */
  parameters: { name: string; value: string }[];
}

/** What a plan says, channel by channel, in the words that a person needs: the same plan, read. */
export const previewChannels = (plan: ReleasePlan): ChannelPreview[] =>
  plan.channels.map((channel) => previewChannel(plan, channel));

export function previewChannel(plan: ReleasePlan, channel: ChannelPlan): ChannelPreview {
  const { name, runtime, cluster, gates, apply, parameters } = channel;
  const template = own(plan.jobs, apply.job);
  return {
    name,
    runtime,
    cluster,
    gates: gates.map((gate) => previewGate(plan, gate)),
    jobs: template ? [jobPreview(channel, apply, template)] : [],
    parameters,
  };
}

function previewGate({ version, channels }: ReleasePlan, gate: GatePlan): GatePreview {
  if (gate.kind === 'approval')
    return given({ kind: gate.kind, name: gate.name, description: gate.description, who: whoApproves });
  const taken = channels.some(({ name }) => name === gate.channel);
  const who = whoStabilises({ name: gate.channel, version: version.name, own: taken });
  return { kind: gate.kind, name: gate.channel, who };
}
