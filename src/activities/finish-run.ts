import { log } from '@temporalio/activity';
import type { FinishRunAnswer, FinishRunInput } from '../release/steps.js';
import type { Clock } from './clock.js';
import type { Gateways, RunStore } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  clock: Clock;
}

/** How long a finished Job is kept after its log was stored, at least (docs/spec.md §7.10). */
const keptMs = 15 * 60_000;

/**
 * Records how a run ended, frees or keeps the turn, writes the projection: one transaction that acts once, so a repeated
 * call changes nothing. Only then the Job's time to live is lowered.
 */
export const createFinishRun = (dependencies: Dependencies) =>
  async function finishRun(input: FinishRunInput): Promise<FinishRunAnswer> {
    const answer = await dependencies.store.finish(input);
    await lowerTtl(dependencies, input);
    return answer;
  };

/** Best effort: cleaning up is never on the path of a release, and without it the Job goes after 7 days. */
async function lowerTtl({ gateways, clock }: Dependencies, { ref, outcome, ttlMs }: FinishRunInput): Promise<void> {
  if (!ref) return;
  const { endedAt } = outcome?.end ?? {};
  const since = endedAt === undefined ? 0 : Math.max(0, clock.now() - Date.parse(endedAt));
  const seconds = Math.ceil(Math.max(ttlMs, since + keptMs) / 1000);
  try {
    await gateways(ref.cluster).setTtl(ref, seconds);
  } catch (error) {
    log.warn('the time to live of a Job was not lowered', { job: ref.name, error: String(error) });
  }
}
