import type { ErrorCode } from './codes.js';
import { applyCancel, applyRetry, commandLine, type CommandEvent } from './commands.js';
import { checkDecision, type Decision, type StableReport } from './decisions.js';
import { endingOf } from './explain.js';
import { allEnded, statusOf } from './gates.js';
import { own } from './own.js';
import { change, end } from './change.js';
import { given } from './given.js';
import { briefly, endRun, queue, startRun } from './runs.js';
import { channelOf, decisionsKept, type ChannelState, type ReleaseState } from './state.js';
import type { RunRef, SlotWait } from './steps.js';
import type { DecisionView, RunEnd } from './view.js';

/** What can happen to a release. Times are the workflow's, ISO 8601. */
export type ReleaseEvent =
  | { type: 'decided'; decision: Decision; source: DecisionView['source'] }
  | { type: 'refused'; decision: DecisionView }
  | { type: 'stableReported'; report: StableReport }
  /** Another release of the service is stable there with the same content. */
  | { type: 'stableElsewhere'; upstream: string; by: string }
  | CommandEvent
  | { type: 'asking'; channel: string }
  | { type: 'queued'; channel: string; behind: string }
  | { type: 'queued'; channel: string; slots: SlotWait }
  | { type: 'runStarted'; channel: string; ref: RunRef }
  | {
      type: 'runEnded';
      channel: string;
      code: ErrorCode | 'SUCCEEDED';
      message: string;
      run?: number;
      end?: RunEnd;
      /** Between 0 and 1, drawn by the workflow: spreads what is tried again. */
      jitter?: number;
    }
  | { type: 'convergedAtOnce'; channel: string; since: string }
  | { type: 'replaced'; channel: string; by: string }
  /** What was begun of it is gone. */
  | { type: 'cancelled'; channel: string; end?: RunEnd };

/** Applies one event. Pure: the same state, event and time give the same answer, also on replay. */
export function reduce(state: ReleaseState, event: ReleaseEvent, now: string): ReleaseState {
  const next = settle(apply(state, event, now), now);
  const { endedAt = now, ...rest } = next;
  return { ...rest, ...(allEnded(next) ? { endedAt } : {}), sequence: state.sequence + 1 };
}

function apply(state: ReleaseState, event: ReleaseEvent, now: string): ReleaseState {
  if (!('channel' in event)) return hear(state, event, now);
  const { channel } = event;
  switch (event.type) {
    case 'asking':
      return change(state, channel, { phase: 'asking', behind: undefined, slots: undefined });
    case 'queued':
      return queue(state, event, now);
    case 'runStarted':
      return startRun(state, event, now);
    case 'runEnded':
      return endRun(state, event, now);
    case 'convergedAtOnce':
      return change(state, channel, { phase: 'ended', status: 'CONVERGED', stableSince: event.since });
    case 'replaced':
      return end(state, channel, 'REPLACED', endingOf.superseded(state.id, event.by));
    case 'cancelled':
      return cancelled(state, event, now);
  }
}

/** What people and other systems say. */
function hear(state: ReleaseState, event: Exclude<ReleaseEvent, { channel: string }>, now: string): ReleaseState {
  switch (event.type) {
    case 'decided':
      return decide(state, event.decision, event.source, now);
    case 'refused':
      return record(state, event.decision);
    case 'stableReported':
      return report(state, event.report, now);
    case 'stableElsewhere':
      return latch(state, event.upstream, event.by, now);
    case 'cancel':
      return record(applyCancel(state, event, now), commandLine(event, now));
    case 'retry':
      return record(applyRetry(state, event.channels), commandLine(event, now));
  }
}

/** A run that was ended for it did not fail by itself, and does not run any more. */
function cancelled(
  state: ReleaseState,
  { channel: name, end: seen }: Extract<ReleaseEvent, { type: 'cancelled' }>,
  now: string,
): ReleaseState {
  const { runs, cancelling } = channelOf(state, name);
  const ended = given({
    state: 'failed' as const,
    code: 'CANCELLED_BY_USER' as const,
    endedAt: now,
    end: briefly(seen),
  });
  const after = change(state, name, {
    runs: runs.map((run) => (run.endedAt === undefined ? { ...run, ...ended } : run)),
  });
  return end(after, name, 'CANCELLED', endingOf.cancelled(state.id, cancelling));
}

function record(state: ReleaseState, decision: DecisionView): ReleaseState {
  return { ...state, decisions: kept([...state.decisions, brief(decision)]) };
}

/** Noise goes first: what counted, and what came of a stored request, is still needed. */
function kept(decisions: DecisionView[]): DecisionView[] {
  if (decisions.length <= decisionsKept) return decisions;
  const first = decisions.findIndex((each) => isNoise(each));
  return decisions.filter((_, at) => at !== Math.max(first, 0));
}

const isNoise = ({ counted, requestId }: DecisionView): boolean => !counted && requestId === undefined;

/** A sentence that repeats what was sent may be as long as that. */
const brief = (decision: DecisionView): DecisionView => {
  const { reason: _, why, ...rest } = decision;
  return isNoise(decision) ? { ...rest, ...(why === undefined ? {} : { why: why.slice(0, 300) }) } : decision;
};

/** A decision that may count: checked again here, whatever a validator said before. */
function decide(state: ReleaseState, decision: Decision, source: DecisionView['source'], now: string): ReleaseState {
  const checked = checkDecision(state, decision);
  const base = { ...decision, gate: decision.gate ?? '', at: now, source };
  if ('refusal' in checked) {
    const { code, message } = checked.refusal;
    return record(state, { ...base, counted: false, why: `${code}: ${message}` });
  }
  const { gate } = checked;
  const channel = channelOf(state, decision.channel);
  const reason = decision.reason === undefined ? {} : { reason: decision.reason };
  const approvals = {
    ...channel.approvals,
    [gate]: { decision: decision.decision, by: decision.by, at: now, ...reason },
  };
  const counted = record(change(state, decision.channel, { approvals }), { ...base, gate, counted: true });
  if (decision.decision === 'approve') return counted;
  return end(counted, decision.channel, 'REJECTED', endingOf.rejected(gate, decision.by, decision.reason));
}

/** Another system says that a channel is stable; it counts for this release's version only (docs/spec.md §9.4). */
function report(state: ReleaseState, { channel, version, by }: StableReport, now: string): ReleaseState {
  const { name, number } = state.plan.version;
  const line = { channel, gate: channel, decision: 'stable', by, at: now, source: 'signal' } as const;
  if (version !== name && version !== String(number))
    return record(state, { ...line, counted: false, why: `this release is ${name}, not ${version}` });
  const waiting = state.channels.some((each) => each.phase !== 'ended' && waitsFor(each, channel));
  if (!waiting)
    return record(state, { ...line, counted: false, why: `no channel of this release waits for "${channel}"` });
  return record(latch(state, channel, by, now), { ...line, counted: true });
}

const waitsFor = (channel: ChannelState, upstream: string): boolean =>
  channel.plan.gates.some((gate) => gate.kind === 'stable' && gate.channel === upstream) &&
  !own(channel.latched, upstream);

function latch(state: ReleaseState, upstream: string, by: string, at: string): ReleaseState {
  const channels = state.channels.map((channel) =>
    waitsFor(channel, upstream) ? { ...channel, latched: { ...channel.latched, [upstream]: { by, at } } } : channel,
  );
  return { ...state, channels };
}

/** Follows what one channel's end means for those that wait for it, until nothing changes any more. */
function settle(state: ReleaseState, now: string): ReleaseState {
  let settled = state;
  for (const upstream of state.channels) {
    const { name } = upstream.plan;
    const status = statusOf(channelOf(settled, name));
    if (status === 'CONVERGED') settled = latch(settled, name, state.id, now);
  }
  const stuck = settled.channels.find((channel) => channel.phase === 'gates' && deadUpstream(settled, channel));
  if (!stuck) return settled;
  const upstream = deadUpstream(settled, stuck) as ChannelState;
  const gone = upstream.status === 'REPLACED' ? 'REPLACED' : 'SKIPPED';
  return settle(end(settled, stuck.plan.name, gone, endingOf.upstream(upstream.plan.name, statusOf(upstream))), now);
}

/** An upstream that ended without converging, while this channel still waits for it. */
const deadUpstream = (state: ReleaseState, channel: ChannelState): ChannelState | undefined =>
  state.channels.find(
    (other) => waitsFor(channel, other.plan.name) && other.phase === 'ended' && statusOf(other) !== 'CONVERGED',
  );
