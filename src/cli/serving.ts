import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import type { ConfigsAnswer, RuntimeSummary } from '../server/api.js';
import type { Api } from './api.js';
import type { Option } from './command.js';
import type { Context } from './context.js';
import { printable } from './render/text.js';

export const noWaitOption: Option = ['--no-wait', 'do not wait until a worker serves a linked cluster'];

/** As many polls as a worker takes seconds to see a cluster that was linked while it runs, and some more. */
const polls = 10;

/**
 * Waits a while until workers serve the linked clusters among what was stored, and says of each whether one does, and else
 * why not. What was stored is stored: nothing that is found here is a failure.
 */
export async function sayServed(context: Context, api: Api, stored: readonly string[]): Promise<void> {
  if (stored.length === 0) return;
  const { io, signal, pollMs } = context;
  try {
    let clusters = await clustersOf(api, stored);
    for (let poll = 1; poll < polls && !clusters.every(isServed); poll += 1) {
      await delay(pollMs, undefined, { signal });
      clusters = await clustersOf(api, stored);
    }
    for (const cluster of clusters) io.err(sentence(cluster));
    if (!clusters.every(isServed)) io.err('  releases wait for it; towpath runtimes list shows how it stands');
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TowpathError)) throw error;
    io.err(`whether a worker serves ${stored.join(', ')} is not known: ${printable(error.message)}`);
  }
}

/** Names of the runtimes that were stored anew or changed. */
export const changedRuntimes = ({ documents }: ConfigsAnswer): string[] =>
  documents.filter(({ kind, change }) => kind === 'runtime' && change !== 'unchanged').map(({ key }) => key);

const clustersOf = async (api: Api, names: readonly string[]): Promise<RuntimeSummary[]> =>
  (await api.runtimes()).filter(({ name, kind }) => kind === 'kubernetes' && names.includes(name));

const isServed = ({ workers = 0, trouble }: RuntimeSummary): boolean => workers > 0 && trouble === undefined;

function sentence(cluster: RuntimeSummary): string {
  const { name, workers = 0, trouble } = cluster;
  if (isServed(cluster)) return `a worker serves "${name}"`;
  const who = workers > 0 ? `the worker of "${name}" cannot run Jobs there yet` : `no worker serves "${name}" yet`;
  return `${who}: ${trouble === undefined ? 'none has taken it up' : printable(trouble)}`;
}
