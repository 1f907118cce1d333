import { own } from './own.js';
import type { GatePlan } from './plan.js';
import type { ChannelState, ReleaseState } from './state.js';
import { isEnded, type Status } from './status.js';
import type { GateView } from './view.js';

type Approval = Extract<GatePlan, { kind: 'approval' }>;
type Stable = Extract<GatePlan, { kind: 'stable' }>;

/** The approval gates of a channel. */
export const approvalGates = (channel: ChannelState): Approval[] =>
  channel.plan.gates.filter((gate): gate is Approval => gate.kind === 'approval');

/** The stable conditions of a channel that do not hold yet. */
export const unmetStable = (channel: ChannelState): Stable[] =>
  channel.plan.gates.filter((gate): gate is Stable => gate.kind === 'stable' && !own(channel.latched, gate.channel));

/** Channels that gates wait for and that the release does not take itself: another release makes them stable. */
export const watchedChannels = (state: ReleaseState): string[] => {
  const own = state.channels.map((channel) => channel.plan.name);
  const waiting = state.channels.filter((channel) => channel.phase !== 'ended').flatMap(unmetStable);
  return [...new Set(waiting.map((gate) => gate.channel))].filter((name) => !own.includes(name));
};

/** A release enters a channel when its stable conditions hold there; that opens its approvals (docs/spec.md §9.1). */
export const hasEntered = (channel: ChannelState): boolean => unmetStable(channel).length === 0;

export const missingApprovals = (channel: ChannelState): Approval[] =>
  approvalGates(channel).filter((gate) => own(channel.approvals, gate.name)?.decision !== 'approve');

/** True when nothing but the turn is left to wait for. */
export const gatesPassed = (channel: ChannelState): boolean =>
  hasEntered(channel) && missingApprovals(channel).length === 0;

/** The status of one channel (docs/spec.md §9.2). */
export function statusOf(channel: ChannelState): Status {
  switch (channel.phase) {
    case 'ended':
      return channel.status ?? 'CONVERGED';
    case 'queued':
      return channel.slots ? 'BLOCKED' : 'QUEUED';
    case 'gates':
      return atGates(channel);
    case 'asking':
    case 'applying':
    case 'retrying':
      return 'CONVERGING';
  }
}

function atGates(channel: ChannelState): Status {
  if (!hasEntered(channel)) return 'WAITING_PRECONDITIONS';
  return missingApprovals(channel).length > 0 ? 'WAITING_MANUAL_APPROVAL' : 'PENDING';
}

/** The gates as people see them: an approval opens when the channel is entered, and may be decided before. */
export function gateViews(channel: ChannelState): GateView[] {
  return channel.plan.gates.map((gate) => {
    if (gate.kind === 'stable') {
      const latch = own(channel.latched, gate.channel);
      if (!latch) return { kind: 'stable', name: gate.channel, state: 'open' };
      return { kind: 'stable', name: gate.channel, state: 'passed', by: latch.by, at: latch.at };
    }
    const decided = own(channel.approvals, gate.name);
    const base = {
      kind: 'approval',
      name: gate.name,
      ...(gate.description ? { description: gate.description } : {}),
    } as const;
    if (!decided) return { ...base, state: hasEntered(channel) && channel.phase !== 'ended' ? 'open' : 'closed' };
    return { ...base, state: decided.decision === 'approve' ? 'passed' : 'rejected', by: decided.by, at: decided.at };
  });
}

/** True when every channel has ended. */
export const allEnded = (state: ReleaseState): boolean => state.channels.every((channel) => isEnded(statusOf(channel)));
