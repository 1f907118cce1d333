import { own } from './own.js';
import type { ChannelPlan, GatePlan, ReleasePlan } from './plan.js';

/** `new`: the release before did not take the channel. */
type Compared = 'new' | 'changed' | 'same';

/** A value of the service's own parameters: `carried` over from the release before, `gone` when its parameter is. */
export interface ValueChange {
  name: string;
  change: 'new' | 'changed' | 'carried' | 'gone';
  before?: string;
  value?: string;
}

export interface ChannelChanges {
  channel: string;
  /** What runs, and where. */
  job: Compared;
  gates: Compared;
  values: ValueChange[];
}

/** What a plan does differently from the plan of the last release, by channel. */
export const planChanges = (before: ReleasePlan | undefined, after: ReleasePlan): ChannelChanges[] =>
  after.channels.map((channel) => {
    const old = before?.channels.find(({ name }) => name === channel.name);
    const compare = (same: (a: ChannelPlan, b: ChannelPlan) => boolean): Compared =>
      old === undefined ? 'new' : same(old, channel) ? 'same' : 'changed';
    return {
      channel: channel.name,
      job: compare(sameJob),
      gates: compare((a, b) => gatesText(a.gates) === gatesText(b.gates)),
      values: valueChanges(textsOf(before, channel.name), textsOf(after, channel.name)),
    };
  });

const sameJob = (a: ChannelPlan, b: ChannelPlan): boolean =>
  a.apply.job === b.apply.job &&
  a.apply.timeoutMs === b.apply.timeoutMs &&
  a.runtime === b.runtime &&
  a.cluster === b.cluster &&
  a.namespace.name === b.namespace.name;

/** Field by field: a stored plan has its keys in another order. */
const gatesText = (gates: readonly GatePlan[]): string =>
  JSON.stringify(
    gates.map((gate) => (gate.kind === 'stable' ? [gate.channel] : [gate.name, gate.description ?? '', 'approval'])),
  );

const textsOf = (plan: ReleasePlan | undefined, channel: string): ReadonlyMap<string, string> =>
  new Map(Object.entries(own(plan?.values ?? {}, channel) ?? {}).map(([name, { text }]) => [name, text]));

function valueChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ValueChange[] {
  return [...new Set([...after.keys(), ...before.keys()])].sort().map((name) => {
    const [old, value] = [before.get(name), after.get(name)];
    if (value === undefined) return { name, change: 'gone', before: old ?? '' };
    if (old === undefined) return { name, change: 'new', value };
    return old === value ? { name, change: 'carried', value } : { name, change: 'changed', before: old, value };
  });
}
