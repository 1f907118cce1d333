import type { ReleasePlan } from './plan.js';
import type { ChannelState, ReleaseState } from './state.js';

/** The state without its plan, which travels once. */
export interface CarriedState extends Omit<ReleaseState, 'plan' | 'channels'> {
  channels: Omit<ChannelState, 'plan'>[];
}

/** What a release takes along when it continues as new. */
export function carry(state: ReleaseState): CarriedState {
  const { plan: _plan, channels, ...rest } = state;
  return { ...rest, channels: channels.map((channel) => withoutPlan(channel)) };
}

function withoutPlan(channel: ChannelState): Omit<ChannelState, 'plan'> {
  const { plan: _plan, ...rest } = channel;
  return rest;
}

/** The state of the release that goes on, under the same plan. */
export function resume(plan: ReleasePlan, { channels, ...rest }: CarriedState): ReleaseState {
  return {
    ...rest,
    plan,
    channels: plan.channels.map((channel, at) => {
      const carried = channels[at];
      if (!carried) throw new Error(`nothing was carried over of channel ${channel.name}`);
      return { ...carried, plan: channel };
    }),
  };
}
