import { canonical } from '../canonical.js';
import type { Application, ApprovalGate, Channel, SharedApprovalGate } from '../model.js';
import { suggestion } from '../suggest.js';
import { cyclesIn } from './cycles.js';
import type { Rule } from './rule.js';

const stableNamesAChannel: Rule<Application> = ({ channels }, _, report) => {
  const names = channels.map(({ name }) => name);
  for (const [i, { name, gates }] of channels.entries())
    for (const [j, gate] of gates.entries()) {
      if (gate.kind !== 'stable') continue;
      const path = ['application', 'releaseChannels', i, 'preconditions', j, 'releaseChannelStable', 'releaseChannel'];
      const before = gates.slice(0, j).some((each) => each.kind === 'stable' && each.channel === gate.channel);
      if (gate.channel === name) report({ code: 'CYCLE', path, message: `"${name}" waits for itself` });
      else if (!names.includes(gate.channel))
        report({
          code: 'UNKNOWN_REFERENCE',
          path,
          message: `"${name}" waits for "${gate.channel}", which does not exist`,
          hint: suggestion(
            gate.channel,
            names.filter((each) => each !== name),
          ),
        });
      else if (before) report({ code: 'BAD_VALUE', path, message: `"${name}" waits for "${gate.channel}" twice` });
    }
};

interface ApprovalAt<G> {
  gate: G;
  channel: Channel;
  path: (string | number)[];
}

/** Approvals of every channel in their order, with their places. */
const approvalsIn = ({ channels }: Application): ApprovalAt<ApprovalGate | SharedApprovalGate>[] =>
  channels.flatMap((channel, i) =>
    channel.gates.flatMap((gate, j) => {
      if (gate.kind === 'stable') return [];
      const field = gate.kind === 'approval' ? 'manualApproval' : 'sharedManualApproval';
      return [{ gate, channel, path: ['application', 'releaseChannels', i, 'preconditions', j, field] }];
    }),
  );

/** A decision names the gate of a channel by its name, of whichever kind it is. */
const approvalsAreUnique: Rule<Application> = (application, _, report) => {
  const seen = new Set<string>();
  for (const { gate, channel, path } of approvalsIn(application)) {
    const key = `${channel.name}/${gate.name}`;
    if (seen.has(key))
      report({
        code: 'BAD_NAME',
        path,
        message: `approval "${gate.name}" is there twice in this channel`,
        hint: 'give each its own "name"',
      });
    seen.add(key);
  }
};

/** Names of the fields as they are written. */
const sharedFields = {
  description: 'description',
  minApprovers: 'minApprovers',
  approvers: 'approvers',
  allowRequester: 'allowRequester',
  expiresAfterMs: 'expiresAfter',
} as const;

/** It is one approval, wherever it is named (docs/spec.md §4.4). */
const sharedApprovalsAgree: Rule<Application> = (application, _, report) => {
  const first = new Map<string, ApprovalAt<SharedApprovalGate>>();
  for (const each of approvalsIn(application)) {
    const { gate, path, channel } = each;
    if (gate.kind !== 'sharedApproval') continue;
    const known = first.get(gate.name);
    if (!known) first.set(gate.name, { gate, path, channel });
    const differ = Object.entries(sharedFields)
      .filter(([name]) => known && valueOf(known.gate, name) !== valueOf(gate, name))
      .map(([, written]) => `"${written}"`);
    if (!known || differ.length === 0) continue;
    report({
      code: 'BAD_VALUE',
      path,
      message: `shared approval "${gate.name}" is not the same as in channel "${known.channel.name}": ${differ.join(', ')}`,
      hint: 'it is one approval: write the same wherever it is named',
    });
  }
};

const valueOf = (gate: SharedApprovalGate, name: string): string =>
  canonical((gate as unknown as Record<string, unknown>)[name] ?? null);

/** A way from a channel back to itself is reported once, where it begins. */
const noCycles: Rule<Application> = ({ channels }, _, report) => {
  const waitsFor = new Map(
    channels.map(({ name, gates }) => [
      name,
      gates.flatMap((gate) => (gate.kind === 'stable' && gate.channel !== name ? [gate.channel] : [])),
    ]),
  );
  for (const cycle of cyclesIn(waitsFor))
    report({
      code: 'CYCLE',
      path: ['application', 'releaseChannels', channels.findIndex(({ name }) => name === cycle[0]), 'preconditions'],
      message: `channels wait for each other: ${[...cycle, cycle[0]].join(' → ')}`,
    });
};

/** Of the preconditions of all channels of an application (docs/spec.md §4.4, §4.5). */
export const gateRules: readonly Rule<Application>[] = [
  stableNamesAChannel,
  approvalsAreUnique,
  sharedApprovalsAgree,
  noCycles,
];
