import { statusOf } from './gates.js';
import { given } from './given.js';
import { own } from './own.js';
import type { ChannelPlan } from './plan.js';
import { channelOf, type ReleaseState } from './state.js';
import type { DecisionRequest } from './steps.js';

/** A decision before it is known whether it counts. */
export interface Decision {
  channel: string;
  /** Needed only when the channel has several approval gates. */
  gate?: string;
  decision: 'approve' | 'reject';
  by: string;
  reason?: string;
  requestId?: string;
}

/** What update and signal carry for a stored request: the id that counts, and the content for readers of the history. */
export const decisionMessage = ({ id, channel, gate, decision, by, reason }: DecisionRequest) =>
  given({ requestId: id, channel, gate, decision, by, reason });

/** Why it cannot count: a code of docs/spec.md §9.3 and a sentence. */
export interface Refusal {
  code: 'BAD_REQUEST' | 'UNKNOWN_GATE' | 'ALREADY_DECIDED' | 'SUPERSEDED' | 'CANCELLING';
  message: string;
}

/** The approval gate that a decision means: the one that is named, or the only one of the channel. */
export function resolveGate(
  release: string,
  channels: readonly ChannelPlan[],
  { channel: name, gate }: Pick<Decision, 'channel' | 'gate'>,
): { gate: string } | { refusal: Refusal } {
  const channel = channels.find((each) => each.name === name);
  if (!channel)
    return refuse(
      'UNKNOWN_GATE',
      `release ${release} has no channel "${name}"; it has ${names(channels.map((each) => each.name))}`,
    );
  const gates = channel.gates.flatMap((each) => (each.kind === 'approval' ? [each.name] : []));
  if (gates.length === 0) return refuse('UNKNOWN_GATE', `channel "${name}" has no approval gate`);
  if (gate === undefined && gates.length > 1)
    return refuse('UNKNOWN_GATE', `channel "${name}" has several approval gates, name one of ${names(gates)}`);
  const wanted = gate ?? (gates[0] as string);
  if (gates.includes(wanted)) return { gate: wanted };
  return refuse('UNKNOWN_GATE', `channel "${name}" has no gate "${wanted}"; it has ${names(gates)}`);
}

/** Resolves the gate and checks that this release still waits for it. Never throws: it runs in message handlers. */
export function checkDecision(state: ReleaseState, decision: Decision): { gate: string } | { refusal: Refusal } {
  const resolved = resolveGate(
    state.id,
    state.channels.map((each) => each.plan),
    decision,
  );
  if ('refusal' in resolved) return resolved;
  const { gate } = resolved;
  const channel = channelOf(state, decision.channel);
  const status = statusOf(channel);
  if (status === 'REPLACED') return refuse('SUPERSEDED', `a newer release has taken channel "${decision.channel}"`);
  const before = own(channel.approvals, gate);
  if (before)
    return refuse(
      'ALREADY_DECIDED',
      `gate "${gate}" of "${decision.channel}" was decided by ${before.by}: ${before.decision}`,
    );
  if (channel.cancelling) return refuse('CANCELLING', 'the release is being cancelled');
  if (channel.phase === 'ended') return refuse('ALREADY_DECIDED', `channel "${decision.channel}" has ended ${status}`);
  if (decision.decision === 'reject' && (decision.reason ?? '').trim() === '')
    return refuse('BAD_REQUEST', 'a rejection needs a reason: it is final, and others will ask why');
  return { gate };
}

const refuse = (code: Refusal['code'], message: string): { refusal: Refusal } => ({ refusal: { code, message } });
const names = (all: string[]): string => all.map((name) => `"${name}"`).join(', ');

/** Reads a `manualApproval` payload that anyone may have sent; a sentence when it makes no sense. */
export function readDecision(payload: unknown): Decision | string {
  const fields = record(payload);
  if (typeof fields === 'string') return fields;
  const { channel, decision, by } = fields;
  if (!isName(channel)) return 'field "channel" must be the name of a release channel';
  if (decision !== 'approve' && decision !== 'reject') return 'field "decision" must be "approve" or "reject"';
  if (!isText(by)) return 'field "by" must say who decides';
  const bad = ['gate', 'reason', 'requestId'].find((name) => !isOptionalText(fields[name]));
  if (bad !== undefined) return `field "${bad}" must be text`;
  return given({
    channel,
    decision: decision as Decision['decision'],
    by: clip(by, byLength),
    gate: optionalText(fields['gate'], nameLength),
    reason: optionalText(fields['reason'], reasonLength),
    requestId: optionalText(fields['requestId'], idLength),
  });
}

/** A `releaseChannelStable` payload: `version` is a display name or a number. */
export interface StableReport {
  channel: string;
  version: string;
  by: string;
}

/** Reads a `releaseChannelStable` payload that anyone may have sent; a sentence when it makes no sense. */
export function readStableReport(payload: unknown): StableReport | string {
  const fields = record(payload);
  if (typeof fields === 'string') return fields;
  const { channel, version, by } = fields;
  if (!isName(channel)) return 'field "channel" must be the name of a release channel';
  if (!isText(version, idLength) && typeof version !== 'number')
    return 'field "version" must be the version that became stable';
  return { channel, version: String(version), by: isText(by) ? clip(by, byLength) : 'unknown' };
}

function record(payload: unknown): Record<string, unknown> | string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return 'the payload must be a JSON object';
  const fields = payload as Record<string, unknown>;
  if (isText(fields['undecodable']))
    return `the payload has the encoding ${clip(fields['undecodable'], nameLength)}, send json/plain`;
  return fields;
}

/** Names are shorter (docs/spec.md §1.4), and ids too; everything that is recorded goes into each view of the release. */
const nameLength = 100;
const byLength = 200;
const idLength = 200;
const reasonLength = 500;

const isText = (value: unknown, longest = 10_000): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longest;
const isName = (value: unknown): value is string => isText(value, nameLength);
const isOptionalText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
const optionalText = (value: unknown, longest: number): string | undefined =>
  isText(value) ? clip(value, longest) : undefined;
const clip = (text: string, longest: number): string => text.slice(0, longest);
