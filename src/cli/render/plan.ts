import type { Colors } from './colors.js';
import type { ChannelPlan, GatePlan, ReleasePlan } from '../../release/plan.js';
import { printable } from './text.js';
import { duration } from './time.js';

/** What a release would do: per channel its gates, the Job, and the values it gets. */
export function renderPlan(plan: ReleasePlan, colors: Colors): string[] {
  return [
    `${colors.bold(`${plan.application}/${plan.service}`)}  ${printable(plan.version.name)}  digest ${plan.digest.slice(0, 12)}`,
    ...plan.channels.flatMap((channel) => ['', ...channelLines(plan, channel, colors)]),
  ];
}

function channelLines(plan: ReleasePlan, channel: ChannelPlan, colors: Colors): string[] {
  const { namespace, apply } = channel;
  const prefix = plan.jobs[apply.job]?.prefix ?? '';
  const owner = namespace.managed ? '' : '; the namespace must exist';
  return [
    `${colors.bold(channel.name)}  ${colors.dim(`${channel.runtime} on ${channel.cluster}`)}`,
    `  after   ${channel.gates.length === 0 ? 'nothing' : channel.gates.map(gateText).join(' and ')}`,
    `  Job     ${namespace.name}/${prefix}-…  (ends after ${duration(apply.timeoutMs)}${owner})`,
    ...channel.parameters.map(({ name, value }) => `  value   ${printable(name)} = ${printable(value)}`),
  ];
}

const gateText = (gate: GatePlan): string =>
  gate.kind === 'stable' ? `"${gate.channel}" is stable` : `approval "${gate.name}"`;
