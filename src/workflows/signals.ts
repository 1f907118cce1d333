import { defineSignal, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { own } from '../release/own.js';

interface Heard {
  hear: (payload: unknown) => Promise<void> | void;
  description?: string;
}

/**
 * Hears signals in the order in which they came. The default handler is set first: what came before the first task would be
 * heard name by name, as the handlers are set.
 */
export function hearSignals(unknown: (name: string) => void, signals: Record<string, Heard>): void {
  setDefaultSignalHandler((name, payload) => {
    const known = own(signals, name);
    return known ? known.hear(payload) : unknown(name);
  });
  for (const [name, { hear, ...options }] of Object.entries(signals))
    setHandler(defineSignal<[unknown]>(name), hear, options);
}
