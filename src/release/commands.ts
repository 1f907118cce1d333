import type { Refusal } from './decisions.js';
import { endingOf } from './explain.js';
import { allEnded, statusOf } from './gates.js';
import { given } from './given.js';
import type { ChannelState, ReleaseState } from './state.js';
import type { CommandRequest } from './steps.js';
import type { CommandKind, DecisionView } from './view.js';

/** What a person asks of a release (docs/spec.md §9.9). */
export interface ReleaseCommand {
  kind: CommandKind;
  /** Retry: this channel only. */
  channel?: string;
  by: string;
  reason?: string;
  requestId?: string;
}

/** A command that counts. `source` as of a decision. */
export type CommandEvent = (
  | { type: 'cancel' }
  /** The FAILED channels that run again. */
  | { type: 'retry'; channels: string[] }
) & { command: ReleaseCommand; source: DecisionView['source'] };

/** What update and signal carry for a stored command: the id that counts, and the content for readers of the history. */
export const commandMessage = ({ id, kind, channel, by, reason }: CommandRequest) =>
  given({ requestId: id, kind, by, reason, channel: channel === '' ? undefined : channel });

/** The end of the time in which FAILED channels may be retried (ms since 1970); undefined when none may. */
export function retryableUntil(state: ReleaseState): number | undefined {
  const { endedAt, closed, retryForMs, channels } = state;
  if (endedAt === undefined || closed || !channels.some(isFailed)) return undefined;
  return Date.parse(endedAt) + retryForMs;
}

const isFailed = (channel: ChannelState): boolean => statusOf(channel) === 'FAILED';

/** The channels that a command is for, or why it cannot count. Never throws: it runs in message handlers. */
export function checkCommand(
  state: ReleaseState,
  command: Pick<ReleaseCommand, 'kind' | 'channel'>,
): { channels: string[] } | { refusal: Refusal } {
  if (command.kind === 'retry') return checkRetry(state, command.channel);
  if (command.channel === undefined) return checkCancel(state);
  return refuse('BAD_REQUEST', 'a cancel is for the whole release');
}

function checkCancel(state: ReleaseState): { channels: string[] } | { refusal: Refusal } {
  const open = state.channels.filter(({ phase }) => phase !== 'ended');
  if (open.some(({ cancelling }) => cancelling)) return refuse('CANCELLING', 'the release is being cancelled already');
  if (open.length > 0 || retryableUntil(state) !== undefined) return { channels: namesOf(open) };
  return refuse('ALREADY_DECIDED', `release ${state.id} has ended: nothing of it runs or waits`);
}

function checkRetry(state: ReleaseState, channel: string | undefined): { channels: string[] } | { refusal: Refusal } {
  const named = state.channels.filter(({ plan }) => channel === undefined || plan.name === channel);
  const [first] = named;
  if (!first) return refuse('UNKNOWN_GATE', `release ${state.id} has no channel "${channel}"`);
  if (state.closed) return refuse('ALREADY_DECIDED', `release ${state.id} was closed: start a new one`);
  if (named.some(({ cancelling, phase }) => cancelling && phase !== 'ended'))
    return refuse('CANCELLING', 'the release is being cancelled');
  const failed = named.filter(isFailed);
  if (failed.length > 0) return { channels: namesOf(failed) };
  if (channel === undefined) return refuse('BAD_REQUEST', `release ${state.id} has no FAILED channel`);
  return refuse('BAD_REQUEST', `channel "${channel}" is ${statusOf(first)}: only a FAILED one can be retried`);
}

const refuse = (code: Refusal['code'], message: string): { refusal: Refusal } => ({ refusal: { code, message } });
const namesOf = (channels: ChannelState[]): string[] => channels.map(({ plan }) => plan.name);

/** Reads a `command` payload; a sentence when it makes no sense. */
export function readCommand(payload: unknown): ReleaseCommand | string {
  if (typeof payload !== 'object' || payload === null) return 'the payload must be a JSON object';
  const { kind, channel, by, reason, requestId } = payload as Record<string, unknown>;
  if (kind !== 'cancel' && kind !== 'retry') return 'field "kind" must be "cancel" or "retry"';
  if (!isText(by)) return 'field "by" must say who asks';
  return given({
    kind: kind as CommandKind,
    by,
    channel: orNone(channel),
    reason: orNone(reason),
    requestId: orNone(requestId),
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 500;
const orNone = (value: unknown): string | undefined => (isText(value) ? value : undefined);

/** Channels in which nothing was begun end at once; the others when what they had begun is gone. */
export function applyCancel(
  state: ReleaseState,
  { command }: Extract<CommandEvent, { type: 'cancel' }>,
  at: string,
): ReleaseState {
  if (allEnded(state)) return { ...state, closed: true };
  const { by, reason } = command;
  const cancelling = given({ by, at, reason });
  const ending = endingOf.cancelled(state.id, cancelling);
  const channels = state.channels.map((channel): ChannelState => {
    if (channel.phase === 'ended') return channel;
    if (channel.phase === 'gates') return { ...channel, cancelling, phase: 'ended', status: 'CANCELLED', ending };
    return { ...channel, cancelling };
  });
  return { ...state, channels, closed: true };
}

/** The store has all of them: a release that is retried again and again must not grow without bound. */
const runsKept = 5;

/** The channels begin anew with what they have: approvals and conditions hold. Those that were skipped for them wait again. */
export function applyRetry(state: ReleaseState, names: readonly string[]): ReleaseState {
  const channels = state.channels.map((channel) => {
    const again = names.includes(channel.plan.name);
    if (!again && channel.status !== 'SKIPPED') return channel;
    const { plan, latched, approvals, attempt, runs } = channel;
    return {
      plan,
      latched,
      approvals,
      phase: 'gates' as const,
      attempt: attempt + (again ? 1 : 0),
      runs: runs.slice(-runsKept),
    };
  });
  const { endedAt: _, ...open } = state;
  return { ...open, channels };
}

/** A command as it is recorded among the decisions. */
export function commandLine({ command, source }: CommandEvent, at: string): DecisionView {
  const { kind, channel = '', by, reason, requestId } = command;
  return { channel, gate: '', decision: kind, at, counted: true, source, ...given({ by, reason, requestId }) };
}
