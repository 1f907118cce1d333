import type { ChannelPlan, ReleasePlan } from './plan.js';
import type { Status } from './status.js';
import type { SlotWait } from './steps.js';
import type { DecisionView, Explanation, RunView } from './view.js';

/**
 * All that a running release knows, as plain data. It changes only through `reduce`; the workflow connects that function
 * to messages and activities, and a view of it is what people see.
 */
export interface ReleaseState {
  id: string;
  plan: ReleasePlan;
  number: number;
  requestedBy: string;
  startedAt: string;
  endedAt?: string;
  /** Grows with every event, so that a late projection is recognised. */
  sequence: number;
  channels: ChannelState[];
  /** How long FAILED channels may be retried after the release has ended (docs/spec.md §9.9). */
  retryForMs: number;
  /** Nobody can retry it any more: it was cancelled after it had failed. */
  closed?: true;
  /** The newest last; at most `decisionsKept`. */
  decisions: DecisionView[];
}

export interface ChannelState {
  plan: ChannelPlan;
  /**
   * `gates`: waits for its preconditions. `asking`: asks for its turn, or creates the Job. `queued`: another release is
   * mid-apply, or no slot is free. `applying`: its Job runs. `retrying`: its last run is tried again after a pause.
   * `ended`: nothing more happens by itself.
   */
  phase: 'gates' | 'asking' | 'queued' | 'applying' | 'retrying' | 'ended';
  /** Set when `ended`. */
  status?: Status;
  /** Stable conditions that hold, latched for this release (docs/spec.md §9.4). */
  latched: Record<string, { by: string; at: string }>;
  /** Decisions that counted, by approval gate. */
  approvals: Record<string, { decision: 'approve' | 'reject'; by: string; at: string; reason?: string }>;
  /** Deliberate retries of the channel, from 1. */
  attempt: number;
  runs: RunView[];
  /** The release it queues behind. */
  behind?: string;
  /** The slots it waits for. */
  slots?: SlotWait;
  /** What is known of the runs before, while a run is tried again. */
  again?: Again;
  /** How long runs and pauses of this attempt have lasted; waiting for a turn or a slot does not count (docs/spec.md §8.7). */
  progress?: { spentMs: number; since?: string };
  /** A cancel was asked for: nothing new begins, and what was begun is being ended. */
  cancelling?: { by: string; at: string; reason?: string };
  /** Why it ended, when it did not converge. */
  ending?: Explanation;
  stableSince?: string;
}

/** A run is tried again under the next ordinal of its key (docs/spec.md §8.4). */
export interface Again {
  /** Of the run to come. */
  ordinal: number;
  /** Runs that ended with a retryable exit code. */
  tried: number;
  /** Runs in a row that Kubernetes broke off: they count as no attempt. */
  brokenOff: number;
  /** ISO 8601: not before. */
  at: string;
  /** Of the run before. */
  why: Explanation;
}

/** docs/spec.md §9.9 */
export const defaultRetryForMs = 7 * 24 * 3_600_000;

/** Enough for people; a flood of refused signals must not grow the state without bound. */
export const decisionsKept = 100;

/** The state of a release that has just begun. `startedAt` is ISO 8601. */
export function createState(
  plan: ReleasePlan,
  release: { number: number; requestedBy: string; startedAt: string; retryForMs?: number },
): ReleaseState {
  return {
    id: `${plan.application}/${plan.service}/${release.number}`,
    plan,
    retryForMs: defaultRetryForMs,
    ...release,
    sequence: 1,
    decisions: [],
    channels: plan.channels.map((channel) => ({
      plan: channel,
      phase: 'gates',
      latched: {},
      approvals: {},
      attempt: 1,
      runs: [],
    })),
  };
}

/** The channel of that name; the plan's own names are always there. */
export function channelOf(state: ReleaseState, name: string): ChannelState {
  const found = state.channels.find((channel) => channel.plan.name === name);
  if (!found) throw new Error(`release ${state.id} has no channel ${name}`);
  return found;
}
