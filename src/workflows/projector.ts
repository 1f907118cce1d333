import { CancellationScope, condition } from '@temporalio/workflow';
import { hasEntered, watchedChannels } from '../release/gates.js';
import { channelOf } from '../release/state.js';
import type { ProjectAnswer } from '../release/steps.js';
import type { Live } from './live.js';
import { main } from './proxies.js';

export interface Projector {
  /** Asks for a projection soon; several wishes make one. */
  wish(): void;
  /** True while nothing is being written, nor wished to be. */
  isIdle(): boolean;
  /** Writes until the store has the newest view, then ends. */
  close(): Promise<void>;
}

/**
 * Writes what happens between runs to the store, and obeys what the store answers: a newer release may have entered, a
 * channel elsewhere may be stable. Not cancellable: what is written must be what happened.
 */
export function startProjector(live: Live): Projector {
  // What a run before this one was told is asked again.
  let wished = live.input.carried !== undefined || watchedChannels(live.state()).length > 0;
  let closing = false;
  let writing = false;
  const entered = new Set<string>();
  const idle = CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => wished || closing);
      if (!wished && !live.stale()) return;
      wished = false;
      writing = true;
      if (await project(live, entered)) wished = true;
      writing = false;
    }
  });
  return {
    wish: () => {
      wished = true;
    },
    isIdle: () => !wished && !writing,
    close: () => {
      closing = true;
      return idle;
    },
  };
}

/** True when another one is needed: the store had a newer view already, and let nobody enter. */
async function project(live: Live, entered: Set<string>): Promise<boolean> {
  const view = live.toWrite();
  const fresh = live
    .state()
    .channels.filter((channel) => channel.phase !== 'ended' && hasEntered(channel))
    .map((channel) => channel.plan.name)
    .filter((name) => !entered.has(name));
  const summary = `record ${view.id}: ${view.status}`;
  const input = { view, entered: fresh, watched: watchedChannels(live.state()) };
  const answer = await main.project.executeWithOptions({ summary }, [input]);
  live.written(view.sequence);
  const behind = answer.newer !== undefined && live.overtake(answer.newer);
  for (const name of Object.keys(answer.standings)) entered.add(name);
  obey(live, answer);
  return behind || fresh.some((name) => !entered.has(name) && channelOf(live.state(), name).phase !== 'ended');
}

function obey(live: Live, { standings, stable }: ProjectAnswer): void {
  for (const [channel, standing] of Object.entries(standings)) {
    const { phase } = channelOf(live.state(), channel);
    // A channel that asks or runs learns it from its own step.
    if (standing.standing === 'replaced' && (phase === 'gates' || phase === 'queued'))
      live.apply({ type: 'replaced', channel, by: standing.by });
  }
  const watched = watchedChannels(live.state());
  for (const { channel, by } of stable)
    if (watched.includes(channel)) live.apply({ type: 'stableElsewhere', upstream: channel, by });
}
