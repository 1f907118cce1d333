import { explain } from './explain.js';
import { gateViews, statusOf } from './gates.js';
import { retryableUntil } from './commands.js';
import type { ChannelState, ReleaseState } from './state.js';
import { overall } from './status.js';
import type { ChannelView, ReleaseView } from './view.js';

/** The release as people see it. */
export function viewOf(state: ReleaseState): ReleaseView {
  const channels = state.channels.map((channel) => channelView(state, channel));
  return {
    id: state.id,
    application: state.plan.application,
    service: state.plan.service,
    number: state.number,
    version: state.plan.version.name,
    digest: state.plan.digest,
    status: overall(channels.map((channel) => channel.status)),
    sequence: state.sequence,
    requestedBy: state.requestedBy,
    startedAt: state.startedAt,
    ...(state.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...retryUntil(state),
    channels,
    decisions: state.decisions,
  };
}

/** A release that failed stays open for a while. */
function retryUntil(state: ReleaseState): { retryUntil?: string } {
  const until = retryableUntil(state);
  return until === undefined ? {} : { retryUntil: new Date(until).toISOString() };
}

function channelView(state: ReleaseState, channel: ChannelState): ChannelView {
  return {
    name: channel.plan.name,
    status: statusOf(channel),
    runtime: channel.plan.runtime,
    cluster: channel.plan.cluster,
    gates: gateViews(channel),
    runs: channel.runs,
    explanations: explain(state, channel),
    ...(channel.stableSince === undefined ? {} : { stableSince: channel.stableSince }),
  };
}
