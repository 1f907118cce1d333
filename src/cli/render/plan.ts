import type { ChannelPlan, GatePlan, ReleasePlan } from '../../release/plan.js';
import type { ChannelChanges, ValueChange } from '../../release/plan-changes.js';
import type { PlanAnswer } from '../../server/api.js';
import type { Colors } from './colors.js';
import { printable } from './text.js';
import { duration } from './time.js';

/** What a release would do: per channel its gates, the Job, the values it gets, and what differs from the last release. */
export function renderPlan({ plan, changes }: Pick<PlanAnswer, 'plan' | 'changes'>, colors: Colors): string[] {
  const { since, channels } = changes;
  return [
    `${colors.bold(`${plan.application}/${plan.service}`)}  ${printable(plan.version.name)}  digest ${plan.digest.slice(0, 12)}`,
    since === undefined ? 'the first release of this service' : `compared with ${since}`,
    ...plan.channels.flatMap((channel) => {
      const changed = since === undefined ? undefined : channels.find((each) => each.channel === channel.name);
      return ['', ...channelLines(plan, channel, colors), ...(changed ? changeLines(changed, colors) : [])];
    }),
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

function changeLines({ job, gates, values }: ChannelChanges, colors: Colors): string[] {
  if (job === 'new')
    return [`  ${colors.yellow('new')}     the last release did not take this channel`, ...values.flatMap(given)];
  const what = [...(job === 'changed' ? ['the Job'] : []), ...(gates === 'changed' ? ['the gates'] : [])];
  const lines = values.flatMap((value) => (value.change === 'carried' ? [] : given(value)));
  const carried = values.filter(({ change }) => change === 'carried').map(({ name }) => printable(name));
  return [
    what.length === 0 ? '  same    Job and gates' : `  ${colors.yellow('differs')} ${what.join(' and ')}`,
    ...lines,
    ...(carried.length === 0 ? [] : [`  carried ${carried.join(', ')}`]),
  ];
}

/** `changeId: 41 → 42` */
function given({ name, change, before = '', value = '' }: ValueChange): string[] {
  const label = printable(name);
  if (change === 'changed') return [`  changed ${label}: ${printable(before)} → ${printable(value)}`];
  if (change === 'gone') return [`  gone    ${label} (was ${printable(before)})`];
  return change === 'new' ? [`  new     ${label}: ${printable(value)}`] : [`  carried ${label}`];
}
