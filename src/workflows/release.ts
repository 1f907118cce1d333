import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { ReleaseView } from '../release/view.js';
import { runChannel } from './channel.js';
import { goLive } from './live.js';
import { openMailbox } from './mailbox.js';
import type { ReleaseInput } from './messages.js';
import { startProjector } from './projector.js';

/**
 * One release on its way through its application's channels: one workflow from its start to its end, days or weeks later.
 * The rules are in src/release; this connects them to messages and activities (docs/architecture.md, workflows).
 */
export async function release(input: ReleaseInput): Promise<ReleaseView> {
  const live = goLive(input);
  const projector = startProjector(live);
  const mailbox = openMailbox(live, projector); // before the first await: early signals are kept
  await Promise.all(input.plan.channels.map((channel) => runChannel(live, projector, channel)));
  await CancellationScope.nonCancellable(async () => {
    await condition(allHandlersFinished);
    await mailbox.close();
    await projector.close();
  });
  return live.view();
}
