import { given } from '../../release/given.js';
import type { ApplyPlan, RetryPlan } from '../../release/plan.js';
import type { ApplyCommand, ExtensionRuntime, Service } from '../model.js';

const [minute, hour] = [60_000, 3_600_000];

/** The pause between attempts where the policy says nothing (docs/spec.md §2.9). */
const graceMs = 10 * minute;

type RunPolicy = Pick<ApplyPlan, 'retry' | 'idempotent' | 'progressDeadlineMs' | 'maxConcurrency'>;

/** When apply runs again, and how many may run at once (docs/spec.md §8.4, §8.5, §8.7). */
export function runPolicy({ extension }: ExtensionRuntime, service: Service): RunPolicy {
  const { apply, convergenceGracePeriodMs = graceMs } = extension;
  const { idempotent, maxConcurrency, timeoutMs } = apply;
  const retry = retryPlan(apply, convergenceGracePeriodMs);
  const again = retry !== undefined || idempotent === true;
  const { progressDeadlineMs = Math.max(2 * hour, 2 * timeoutMs) } = service;
  return given({ retry, idempotent, maxConcurrency, progressDeadlineMs: again ? progressDeadlineMs : undefined });
}

/** Only an exit code of the list is tried again. A bound that is given alone moves the other one. */
function retryPlan({ retry = {}, retryableExitCodes }: ApplyCommand, pauseMs: number): RetryPlan | undefined {
  if (!retryableExitCodes) return undefined;
  const { baseMs = Math.min(pauseMs, retry.maxMs ?? pauseMs) } = retry;
  const { maxMs = Math.max(pauseMs, baseMs) } = retry;
  return given({ exitCodes: retryableExitCodes, baseMs, maxMs, attempts: retry.attempts });
}
