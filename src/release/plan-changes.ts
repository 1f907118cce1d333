import { gateFacts, jobFacts, type Facts } from './channel-facts.js';
import { given } from './given.js';
import { own } from './own.js';
import type { ReleasePlan } from './plan.js';

/** `new`: the release before did not take the channel. */
type Compared = 'new' | 'changed' | 'same';

/** A value of the service's own parameters: `carried` over from the release before, `gone` when its parameter is. */
export interface ValueChange {
  name: string;
  change: 'new' | 'changed' | 'carried' | 'gone';
  before?: string;
  value?: string;
}

/** Something of the Job or the gates that differs: added without `before`, gone without `value`. */
export interface FactChange {
  fact: string;
  before?: string;
  value?: string;
}

export interface ChannelChanges {
  channel: string;
  /** What runs, and where. */
  job: Compared;
  gates: Compared;
  /** What makes them differ; nothing of a channel that is new. */
  facts: FactChange[];
  values: ValueChange[];
}

/** What a plan does differently from the plan of the last release, by channel. */
export const planChanges = (before: ReleasePlan | undefined, after: ReleasePlan): ChannelChanges[] =>
  after.channels.map((channel) => {
    const values = valueChanges(textsOf(before, channel.name), textsOf(after, channel.name));
    const old = before?.channels.find(({ name }) => name === channel.name);
    if (!before || !old) return { channel: channel.name, job: 'new', gates: 'new', facts: [], values };
    const job = factChanges(jobFacts(before, old), jobFacts(after, channel));
    const gates = factChanges(gateFacts(old), gateFacts(channel));
    return { channel: channel.name, job: compared(job), gates: compared(gates), facts: [...gates, ...job], values };
  });

const compared = (changes: readonly FactChange[]): Compared => (changes.length === 0 ? 'same' : 'changed');

const factChanges = (before: Facts, after: Facts): FactChange[] =>
  [...new Set([...after.keys(), ...before.keys()])].flatMap((fact) => {
    const [old, value] = [before.get(fact), after.get(fact)];
    return old === value ? [] : [given({ fact, before: old, value })];
  });

const textsOf = (plan: ReleasePlan | undefined, channel: string): Facts =>
  new Map(Object.entries(own(plan?.values ?? {}, channel) ?? {}).map(([name, { text }]) => [name, text]));

function valueChanges(before: Facts, after: Facts): ValueChange[] {
  return [...new Set([...after.keys(), ...before.keys()])].sort().map((name) => {
    const [old, value] = [before.get(name), after.get(name)];
    if (value === undefined) return { name, change: 'gone', before: old ?? '' };
    if (old === undefined) return { name, change: 'new', value };
    return old === value ? { name, change: 'carried', value } : { name, change: 'changed', before: old, value };
  });
}
