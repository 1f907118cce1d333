import { CancellationScope, condition } from '@temporalio/workflow';
import { hasEntered } from '../release/gates.js';
import { channelOf } from '../release/state.js';
import type { Live } from './live.js';
import { main } from './proxies.js';

export interface Projector {
  /** Asks for a projection soon; several wishes make one. */
  wish(): void;
  /** Writes until the store has the newest view, then ends. */
  close(): Promise<void>;
}

/**
 * Writes what happens between runs to the store, and obeys what the turns of the channels say: a newer release may have
 * entered. Not cancellable: what is written must be what happened.
 */
export function startProjector(live: Live): Projector {
  let wished = false;
  let closing = false;
  const entered = new Set<string>();
  const idle = CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => wished || closing);
      if (!wished && !live.stale()) return;
      wished = false;
      await project(live, entered);
    }
  });
  return {
    wish: () => {
      wished = true;
    },
    close: () => {
      closing = true;
      return idle;
    },
  };
}

async function project(live: Live, entered: Set<string>): Promise<void> {
  const view = live.view();
  const fresh = live
    .state()
    .channels.filter((channel) => channel.phase !== 'ended' && hasEntered(channel))
    .map((channel) => channel.plan.name)
    .filter((name) => !entered.has(name));
  const summary = `record ${view.id}: ${view.status}`;
  const { standings } = await main.project.executeWithOptions({ summary }, [{ view, entered: fresh }]);
  live.written(view.sequence);
  for (const name of fresh) entered.add(name);
  for (const [channel, standing] of Object.entries(standings)) {
    const { phase } = channelOf(live.state(), channel);
    // A channel that asks or runs learns it from its own step.
    if (standing.standing === 'replaced' && (phase === 'gates' || phase === 'queued'))
      live.apply({ type: 'replaced', channel, by: standing.by });
  }
}
