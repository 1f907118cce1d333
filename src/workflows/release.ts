import { allHandlersFinished, CancellationScope, condition, continueAsNew, isCancellation } from '@temporalio/workflow';
import { carry } from '../release/carry.js';
import { retryableUntil } from '../release/commands.js';
import { allEnded } from '../release/gates.js';
import type { ReleaseView } from '../release/view.js';
import { followChannel } from './channel.js';
import { goLive, type Live } from './live.js';
import { openMailbox } from './mailbox.js';
import type { ReleaseInput } from './messages.js';
import { startProjector, type Projector } from './projector.js';

/**
 * One release on its way through its application's channels: one workflow from its start to its end, days or weeks later.
 * The rules are in src/release; this connects them to messages and activities (docs/architecture.md, workflows).
 */
export async function release(input: ReleaseInput): Promise<ReleaseView> {
  const live = goLive(input);
  const projector = startProjector(live);
  const mailbox = openMailbox(live, projector); // before the first await: early signals are kept
  const channels = input.plan.channels.map((channel) => followChannel(live, projector, channel));
  await orCancelled(live, () => untilOver(live, projector));
  live.over = true;
  await Promise.all(channels);
  await CancellationScope.nonCancellable(async () => {
    await condition(allHandlersFinished);
    await mailbox.close();
    await projector.close();
  });
  return live.view();
}

/** Temporal's own cancel reaches the channels by their scopes; the release is over when they have ended. */
async function orCancelled(live: Live, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    live.cancelledByTemporal();
    await CancellationScope.nonCancellable(() => condition(() => allEnded(live.state())));
  }
}

/** Until every channel has ended and none may be retried any more. A long history is left behind on the way. */
async function untilOver(live: Live, projector: Projector): Promise<void> {
  const open = (): boolean => !allEnded(live.state());
  const rests = (): boolean => live.rests() && isQuiet(live, projector);
  for (;;) {
    await condition(() => !open() || rests());
    const until = retryableUntil(live.state());
    if (!open() && until === undefined) return;
    if (rests()) await goOn(live);
    if (open() || until === undefined) continue;
    const left = until - Date.now();
    const changed = (): boolean => open() || rests() || retryableUntil(live.state()) === undefined;
    const summary = 'open for a retry of what failed';
    if (left <= 0 || !(await condition(changed, left, { summary }))) return;
  }
}

/** Nothing is under way that the history would be needed for. */
const isQuiet = (live: Live, projector: Projector): boolean =>
  live.busy === 0 && live.unanswered === 0 && projector.isIdle() && allHandlersFinished();

/** The same release under the same id, with a history that begins anew. */
function goOn(live: Live): Promise<never> {
  return continueAsNew<(input: ReleaseInput) => Promise<ReleaseView>>({
    ...live.input,
    carried: carry(live.state()),
  });
}
