import { channelPlan } from '../fakes/plans.js';
import type { RealTemporal } from '../real/temporal.js';
import { startRelease, type Started } from './releases.js';
import { failure, fine, type Script } from './scripted.js';

/** A release of two channels: staging fails once and is tried again after a pause, while the other runs until it is told to end. */
export async function startBesideARun(
  { temporal, script }: { temporal: RealTemporal; script: Script },
  { pauseMs, continueAfter }: { pauseMs: number; continueAfter: number },
): Promise<{ release: Started; end: () => void }> {
  let end = (): void => undefined;
  const long = new Promise<void>((resolve) => {
    end = resolve;
  });
  const ends = [failure('JOB_FAILED', fine({ exitCode: 7, tail: ['no space left'] }))];
  script.await = async ({ ref }) => {
    if (ref.key.channel === 'other') await long;
    const failed = ref.key.channel === 'staging' ? ends.shift() : undefined;
    if (failed) throw failed;
    return fine();
  };
  const plan = channelPlan('staging');
  const retry = { exitCodes: [7], baseMs: pauseMs, maxMs: pauseMs };
  const staging = { ...plan, apply: { ...plan.apply, retry, progressDeadlineMs: 864_000_000 } };
  return { release: await startRelease(temporal, { channels: [staging, channelPlan('other')], continueAfter }), end };
}
