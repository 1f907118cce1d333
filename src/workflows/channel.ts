import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { gatesPassed, hasEntered } from '../release/gates.js';
import type { ChannelPlan } from '../release/plan.js';
import { channelOf, type ChannelState } from '../release/state.js';
import type { Live } from './live.js';
import type { Projector } from './projector.js';
import { endBegun, runApply, type Begun } from './run.js';

/**
 * One channel of a release: waits for its gates, takes its turn, runs apply. Waiting at a gate holds nothing
 * (docs/spec.md §9.1). Ends when the channel has a final status; a cancelled release ends its Job first.
 */
export async function runChannel(live: Live, projector: Projector, plan: ChannelPlan): Promise<void> {
  const channel = (): ChannelState => channelOf(live.state(), plan.name);
  const ended = (): boolean => channel().phase === 'ended';
  const begun: Begun = { key: undefined };
  try {
    await condition(() => ended() || hasEntered(channel()));
    if (!ended() && !gatesPassed(channel())) {
      projector.wish();
      await condition(() => ended() || gatesPassed(channel()));
    }
    if (!ended()) await runApply(live, projector, { plan, begun });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      if (begun.key && !ended()) await endBegun(live, projector, { plan, begun });
      if (!ended()) live.apply({ type: 'cancelled', channel: plan.name });
    });
  }
  projector.wish();
}
