import { given } from './given.js';
import type { ChannelState, ReleaseState } from './state.js';
import type { Status } from './status.js';
import type { Explanation } from './view.js';

type Fields = { [K in keyof ChannelState]?: ChannelState[K] | undefined };

/** One channel with other fields; those that are undefined are left out. */
export function change(state: ReleaseState, name: string, fields: Fields): ReleaseState {
  const changed = (channel: ChannelState): ChannelState => given({ ...channel, ...fields }) as ChannelState;
  const channels = state.channels.map((channel) => (channel.plan.name === name ? changed(channel) : channel));
  return { ...state, channels };
}

/** One channel in which nothing more happens by itself. */
export const end = (state: ReleaseState, name: string, status: Status, ending: Explanation): ReleaseState =>
  change(state, name, { phase: 'ended', status, ending });
