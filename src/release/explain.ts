import type { ErrorCode } from './codes.js';
import { missingApprovals, statusOf, unmetStable } from './gates.js';
import { channelOf, type Again, type ChannelState, type ReleaseState } from './state.js';
import type { SlotWait } from './steps.js';
import type { Explanation, RunEnd } from './view.js';
import type { Status } from './status.js';

/** Who asked, and why if they said so. */
export interface Asked {
  by: string;
  reason?: string;
}

const asked = ({ by, reason }: Asked): string => ` by ${by}${reason ? `: ${reason}` : ''}`;

/** The endings of a channel that are not the end of a run. */
export const endingOf = {
  rejected: (gate: string, by: string, reason?: string): Explanation => ({
    code: 'MANUAL_APPROVAL_REJECTED',
    subject: gate,
    message: `${by} rejected gate "${gate}"${reason ? `: ${reason}` : ''}`,
  }),
  superseded: (release: string, by: string): Explanation => ({
    code: 'SUPERSEDED',
    subject: release,
    message: `the newer release ${by} has taken the channel`,
  }),
  cancelled: (release: string, by?: Asked): Explanation => ({
    code: 'CANCELLED_BY_USER',
    subject: release,
    message: `the release was cancelled${by ? asked(by) : ''}`,
  }),
  upstream: (channel: string, status: Status): Explanation => ({
    code: status === 'REPLACED' ? 'SUPERSEDED' : 'UPSTREAM_ENDED',
    subject: channel,
    message: `it waits for "${channel}", which ended ${status}`,
  }),
};

/** A run that did not succeed: for apply, a program that said no is APPLY_FAILED (docs/spec.md §7.8). */
export function runFailure(code: ErrorCode, message: string, run: { subject: string; end?: RunEnd }): Explanation {
  const { subject, end } = run;
  return {
    code: code === 'JOB_FAILED' ? 'APPLY_FAILED' : code,
    subject,
    message,
    ...(end?.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    ...(end?.condition === undefined ? {} : { condition: end.condition }),
    ...(end && end.tail.length > 0 ? { tail: end.tail } : {}),
  };
}

/** Why a channel is not CONVERGED: what it waits for, or how it ended (docs/spec.md §9.3). */
export function explain(state: ReleaseState, channel: ChannelState): Explanation[] {
  if (channel.ending) return [channel.ending];
  if (channel.cancelling && channel.phase !== 'ended') return [cancelling(state, channel.cancelling)];
  return explainWaiting(state, channel);
}

function explainWaiting(state: ReleaseState, channel: ChannelState): Explanation[] {
  const { phase, again } = channel;
  if (phase === 'retrying' && again) return [retrying(again)];
  if (phase === 'queued') return [queued(channel)];
  if (phase !== 'gates') return [];
  const unmetGates = unmetStable(channel).map((gate) => unmet(state, gate.channel));
  return unmetGates.length > 0 ? unmetGates : missingApprovals(channel).map(pending);
}

function queued({ slots, behind = '' }: ChannelState): Explanation {
  if (slots) return withoutSlot(slots);
  return { code: 'QUEUED_BEHIND', subject: behind, message: `release ${behind} is mid-apply in this channel` };
}

const cancelling = ({ id }: ReleaseState, by: Asked): Explanation => ({
  code: 'CANCELLING',
  subject: id,
  message: `the release is being cancelled${asked(by)}; what it had begun is being ended`,
});

const retrying = ({ at, tried, why }: Again): Explanation => ({
  ...why,
  code: 'RETRYING',
  message: `${why.message}; ${tried > 0 ? `attempt ${tried + 1}` : 'another run'} begins at ${at}`,
});

/** Who holds the slots, and for how long (docs/spec.md §8.5). */
const withoutSlot = ({ runtime, max, before, holders }: SlotWait): Explanation => {
  const held = holders.map(({ release, channel, since }) => `${release} in "${channel}" since ${since}`);
  const waits = before === 0 ? '' : `; ${before} wait${before === 1 ? 's' : ''} before it`;
  const message = `runtime "${runtime}" allows ${max} at once; ${held.length > 0 ? `held by ${held.join(', ')}` : 'none is held'}${waits}`;
  return { code: 'CONCURRENCY_LIMIT_EXCEEDED', subject: runtime, message };
};

const unmet = (state: ReleaseState, upstream: string): Explanation => ({
  code: 'RELEASE_CHANNEL_DEPENDENCY_UNMET',
  subject: upstream,
  message: `"${upstream}" is not stable at ${state.plan.version.name} yet: it is ${upstreamStatus(state, upstream)}`,
});

const pending = (gate: { name: string; description?: string }): Explanation => ({
  code: 'MANUAL_APPROVAL_PENDING',
  subject: gate.name,
  message: `gate "${gate.name}" waits for an approval${gate.description ? `: ${gate.description}` : ''}`,
});

function upstreamStatus(state: ReleaseState, name: string): string {
  const known = state.channels.some((channel) => channel.plan.name === name);
  return known ? statusOf(channelOf(state, name)) : 'not part of this release';
}
