import { remedyOf } from '../release/remedies.js';
import { isEnded, statuses, type Status } from '../release/status.js';
import type { ChannelView, Explanation, GateView, ReleaseView } from '../release/view.js';
import { whoApproves, whoStabilises } from '../release/who-acts.js';
import { approveCommand } from './approve-command.js';
import type { RunDetail } from './render/release.js';

/** The answer of `releases why`, also as JSON: fields are added to it, and never renamed. */
export interface Why {
  release: string;
  version: string;
  status: Status;
  /** What the status means. */
  meaning: string;
  requestedBy: string;
  startedAt: string;
  endedAt?: string;
  /** Until then FAILED channels may be retried. */
  retryUntil?: string;
  channels: WhyChannel[];
}

export interface WhyChannel {
  name: string;
  status: Status;
  meaning: string;
  gates: WhyGate[];
  /** What it waits for, or how it ended. */
  reasons: Explanation[];
  /** What goes on in its run just now: why its pod does not start, or the newest lines of its log. */
  now: RunDetail[];
  /** What a person can do about a failure that may be retried. */
  toDo: string[];
  /** What happens next, and what makes it happen. */
  next: string;
}

export interface WhyGate {
  kind: GateView['kind'];
  name: string;
  state: GateView['state'];
  description?: string;
  by?: string;
  at?: string;
  /** Who can act on it; absent once it is decided. */
  who?: string;
  /** What opens it when nobody acts; absent once it is decided. */
  byItself?: string;
  /** What an approval would do now; absent where there is nothing to approve. */
  ifApproved?: string;
  /** The command line that approves it. */
  approve?: string;
}

/** Why a release is as it is: a reading of its view (docs/spec.md §9.13). */
export function whyOf(view: ReleaseView, details: readonly RunDetail[] = []): Why {
  const { id, version, status, requestedBy, startedAt, endedAt, retryUntil } = view;
  return {
    release: id,
    version,
    status,
    meaning: statuses[status],
    requestedBy,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(retryUntil === undefined ? {} : { retryUntil }),
    channels: view.channels.map((channel) => ({
      name: channel.name,
      status: channel.status,
      meaning: statuses[channel.status],
      gates: channel.gates.map((gate) => whyGate(view, channel, gate)),
      reasons: channel.explanations,
      now: details.filter((detail) => detail.channel === channel.name),
      toDo: channel.status === 'FAILED' && retryUntil !== undefined ? remediesOf(channel) : [],
      next: nextOf(view, channel),
    })),
  };
}

const remediesOf = ({ explanations }: ChannelView): string[] => [
  ...new Set(explanations.flatMap(({ code }) => remedyOf(code) ?? [])),
];

const isDecided = ({ state }: GateView): boolean => state === 'passed' || state === 'rejected';
const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' and ');

function whyGate(view: ReleaseView, channel: ChannelView, gate: GateView): WhyGate {
  if (isDecided(gate) || isEnded(channel.status)) return gate;
  if (gate.kind === 'stable') return { ...gate, ...stableAnswer(view, gate) };
  return {
    ...gate,
    who: whoApproves,
    byItself: 'never',
    ifApproved: ifApproved(channel, gate),
    approve: approveCommand(view.id, channel, gate.name),
  };
}

function stableAnswer({ version, channels }: ReleaseView, { name }: GateView): Pick<WhyGate, 'who' | 'byItself'> {
  const own = channels.some((channel) => channel.name === name);
  const byItself = `when "${name}" has converged at ${version}`;
  return { who: whoStabilises({ name, version, own }), byItself };
}

const namesOf = (gates: readonly GateView[]): string[] => gates.map(({ name }) => name);

/** The gates of a channel that are still to pass. */
const missing = ({ gates }: ChannelView, kind: GateView['kind']): GateView[] =>
  gates.filter((gate) => gate.kind === kind && gate.state !== 'passed');

function ifApproved(channel: ChannelView, gate: GateView): string {
  const stable = missing(channel, 'stable');
  if (stable.length > 0) return `it is kept, and counts when ${quoted(namesOf(stable))} is stable`;
  const others = missing(channel, 'approval').filter(({ name }) => name !== gate.name);
  return others.length > 0
    ? `${quoted(namesOf(others))} is still missing`
    : 'the channel takes its turn and runs its Job';
}

/** What happens next in a channel, by its status. */
const nexts: Record<Status, (view: ReleaseView, channel: ChannelView) => string> = {
  CONVERGING: (_, channel) => whileConverging(channel),
  WAITING_MANUAL_APPROVAL: (_, channel) =>
    `when ${quoted(namesOf(missing(channel, 'approval')))} is approved, it takes its turn and runs its Job`,
  QUEUED: (_, { explanations: [first] }) =>
    `it goes on by itself when ${first?.subject ?? 'the other release'} is done here`,
  BLOCKED: () => 'it goes on by itself when a slot of the runtime is free and it is first',
  WAITING_PRECONDITIONS: (_, channel) => {
    const then = missing(channel, 'approval').length > 0 ? 'its approvals open' : 'it takes its turn and runs its Job';
    return `when ${quoted(namesOf(missing(channel, 'stable')))} is stable, ${then}`;
  },
  PENDING: () => 'it takes its turn and runs its Job',
  FAILED: (view, { name }) => afterFailure(view, `towpath releases retry ${view.id} ${name}`),
  SKIPPED: (view) => afterFailure(view, `it waits again after towpath releases retry ${view.id}`),
  REJECTED: (view) => `nothing: a rejection is final for this release; ${newRelease(view)}`,
  CANCELLED: (view) => `nothing; ${newRelease(view)}`,
  REPLACED: () => 'nothing: the newer release goes on instead',
  CONVERGED: () => 'nothing: it is done',
};

function whileConverging(channel: ChannelView): string {
  const { cluster, runs } = channel;
  if (says(channel, 'RUNTIME_UNREACHABLE'))
    return `it goes on by itself when a worker reaches "${cluster}"; towpath runtimes list shows whether one does`;
  if (says(channel, 'RUNTIME_FORBIDDEN'))
    return `it goes on by itself when the worker has the rights that it lacks on "${cluster}"`;
  if (says(channel, 'RETRYING')) return 'another run begins by itself after the pause';
  if (says(channel, 'JOB_NOT_STARTING'))
    return 'once its pod starts, the end of the run decides; if it does not in time, the run fails';
  return runs.some(({ endedAt }) => endedAt === undefined)
    ? 'the end of the run decides: converged, or failed'
    : 'its Job is made as soon as a worker of its cluster takes it up';
}

const says = ({ explanations }: ChannelView, wanted: Explanation['code']): boolean =>
  explanations.some(({ code }) => code === wanted);

function nextOf(view: ReleaseView, channel: ChannelView): string {
  if (says(channel, 'CANCELLING')) return 'it is CANCELLED when its Job is gone';
  if (says(channel, 'WORKFLOW_GONE')) return `nothing: this release cannot be retried; ${newRelease(view)}`;
  return nexts[channel.status](view, channel);
}

const afterFailure = (view: ReleaseView, how: string): string =>
  view.retryUntil === undefined
    ? `nothing; ${newRelease(view)}`
    : `nothing by itself; until ${view.retryUntil}: ${how}`;

const newRelease = ({ application, service }: ReleaseView): string =>
  `a new one starts with towpath releases start ${application}/${service}`;
