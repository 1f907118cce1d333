import { endProcess } from './end-process.js';
import { layout as layoutOf, type PartName } from './layout.js';
import { isSupervised, livingParts, readState, writeState, type State } from './state.js';

/** The last to start is the first to end; the three that know of nobody end together. */
export const stopOrder: readonly (readonly PartName[])[] = [
  ['worker'],
  ['server'],
  ['cluster', 'temporal', 'postgres'],
];

/** Longer than all parts together may take. */
const patienceMs = 90_000;

/** Ends processes of parts that nobody supervises. */
export async function endParts(state: State, which: (name: PartName) => boolean = () => true): Promise<PartName[]> {
  const ended: PartName[] = [];
  for (const names of stopOrder) {
    const living = livingParts(state).filter(({ name }) => names.includes(name) && which(name));
    await Promise.all(living.map(({ name, process: id }) => endProcess(id, stopSignal(name), 20_000)));
    ended.push(...living.map(({ name }) => name));
  }
  return ended;
}

/** PostgreSQL waits for its clients at SIGTERM, and ends at once at SIGINT. */
const stopSignal = (name: PartName): NodeJS.Signals => (name === 'postgres' ? 'SIGINT' : 'SIGTERM');

export interface Stopped {
  /** `nothing`: none of it ran. */
  outcome: 'stopped' | 'nothing';
  /** Parts that had no supervisor any more. */
  orphans: PartName[];
}

/** Ends an installation: through its supervisor, or part by part when the supervisor is gone. */
export async function stopInstallation(home: string): Promise<Stopped> {
  const layout = layoutOf(home);
  const state = readState(layout);
  if (!state) return { outcome: 'nothing', orphans: [] };
  const supervised = isSupervised(state);
  if (supervised) await endProcess(state.supervisor, 'SIGTERM', patienceMs);
  const now = readState(layout) ?? state;
  const orphans = await endParts(now);
  if (orphans.length > 0) writeState(layout, { ...now, phase: 'stopped' });
  return { outcome: supervised || orphans.length > 0 ? 'stopped' : 'nothing', orphans };
}
