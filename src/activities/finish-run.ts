import { log } from '@temporalio/activity';
import type { FinishRunAnswer, FinishRunInput } from '../release/steps.js';
import type { Gateways, RunStore } from './ports.js';

/** How long a finished Job is kept after its log was stored, at least (docs/spec.md §7.10). */
const keptMs = 15 * 60_000;

/**
 * Records how a run ended, frees or keeps the turn, writes the projection: one transaction that acts once. Then the Job's
 * time to live is lowered, which is best effort: cleaning up is never on the path of a release.
 */
export const createFinishRun = ({ store, gateways, now }: { store: RunStore; gateways: Gateways; now: () => number }) =>
  async function finishRun(input: FinishRunInput): Promise<FinishRunAnswer> {
    const answer = await store.finish(input);
    const { ref, outcome } = input;
    if (ref) {
      const since = outcome?.end?.endedAt === undefined ? 0 : Math.max(0, now() - Date.parse(outcome.end.endedAt));
      const seconds = Math.ceil(Math.max(input.ttlMs, since + keptMs) / 1000);
      await gateways(ref.cluster)
        .setTtl(ref.namespace, ref.name, ref.uid, seconds)
        .catch((error: unknown) =>
          log.warn('the time to live of a Job was not lowered', { job: ref.name, error: String(error) }),
        );
    }
    return answer;
  };
