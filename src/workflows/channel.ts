import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { gatesPassed, hasEntered } from '../release/gates.js';
import type { ChannelPlan } from '../release/plan.js';
import { channelOf, type ChannelState } from '../release/state.js';
import type { Live } from './live.js';
import type { Projector } from './projector.js';
import { begunBefore, endBegun, runApply } from './run.js';

/** One channel of a release, again each time it is retried, until the release is over. */
export async function followChannel(live: Live, projector: Projector, plan: ChannelPlan): Promise<void> {
  const ended = (): boolean => channelOf(live.state(), plan.name).phase === 'ended';
  for (;;) {
    if (!ended()) await runChannel(live, projector, plan);
    if (live.over) return;
    try {
      await condition(() => live.over || !ended());
    } catch (error) {
      if (!isCancellation(error)) throw error;
      return;
    }
  }
}

/**
 * Waits for the channel's gates, takes its turn, runs apply. Waiting at a gate holds nothing (docs/spec.md §9.1). Ends when
 * the channel has a final status; when it is cancelled, what it had begun is ended first.
 */
async function runChannel(live: Live, projector: Projector, plan: ChannelPlan): Promise<void> {
  const channel = (): ChannelState => channelOf(live.state(), plan.name);
  const ended = (): boolean => channel().phase === 'ended';
  const begun = begunBefore(live, plan);
  const scope = new CancellationScope();
  live.scopes.set(plan.name, scope);
  try {
    await scope.run(async () => {
      await condition(() => ended() || hasEntered(channel()));
      if (!ended() && !gatesPassed(channel())) {
        projector.wish();
        await condition(() => ended() || gatesPassed(channel()));
      }
      if (!ended()) await runApply(live, projector, { plan, begun });
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      live.cancelledByTemporal();
      if (begun.key && !ended()) await endBegun(live, projector, { plan, begun });
      if (!ended()) live.apply({ type: 'cancelled', channel: plan.name });
    });
  }
  // What a run has recorded itself need not be written again.
  if (live.stale()) projector.wish();
}
