import type { Build } from './cluster-build.js';
import { readJson, writeAtomic } from './atomic-file.js';
import { partNames, type Layout, type PartName } from './layout.js';
import { isAlive, type ProcessId } from './process-id.js';

export const partStates = [
  'waiting',
  'preparing',
  'starting',
  'ready',
  'silent',
  'restarting',
  'stopped',
  'failed',
  'given',
] as const;

export interface PartState {
  /** `silent`: it runs and does not answer. `given`: not ours, the installation uses one of its owner. */
  state: (typeof partStates)[number];
  address: string;
  /** What goes on just now. */
  note?: string;
  process?: ProcessId;
  /** Digest of the command line and environment, to see whether a running process is the one wanted. */
  fingerprint?: string;
  version?: string;
  /** From the beginning of its preparation to usable; 0 when it ran already. */
  tookMs?: number;
  restarts: number;
  /** Why it was restarted last, and when it was usable again. */
  lastError?: string;
  restartedAt?: string;
}

/** What somebody gave us to use instead of an embedded part. The URL may hold a password. */
export interface Given {
  databaseUrl?: string;
  temporalAddress?: string;
  kubeconfig?: string;
  kubeContext?: string;
}

/** `$TOWPATH_HOME/state.json`: what the supervisor runs. Written by the supervisor only, mode 0600. */
export interface State {
  format: 1;
  phase: 'starting' | 'ready' | 'stopping' | 'stopped' | 'failed';
  supervisor: ProcessId;
  startedAt: string;
  readyMs?: number;
  error?: { code: string; message: string; hint?: string };
  parts: Record<PartName, PartState>;
  server: string;
  temporalUi?: string;
  temporalNamespace: string;
  kubeconfig: string;
  kubeContext?: string;
  logs: string;
  build?: Build;
  given: Given;
}

/** The last state that a supervisor wrote; undefined when there never was one. */
export function readState(layout: Layout): State | undefined {
  const state = readJson(layout.state) as State | undefined;
  return state?.format === 1 ? state : undefined;
}

export const writeState = (layout: Layout, state: State): void =>
  writeAtomic(layout.state, `${JSON.stringify(state, null, 2)}\n`);

/** True while the supervisor that wrote the state runs. */
export const isSupervised = (state: State | undefined): state is State =>
  state !== undefined && isAlive(state.supervisor);

/** Parts whose processes run, whoever supervises them. */
export const livingParts = (state: State): { name: PartName; process: ProcessId }[] =>
  partNames.flatMap((name) => {
    const { process: id } = state.parts[name];
    return id !== undefined && isAlive(id) ? [{ name, process: id }] : [];
  });

/** Hides the password of a database URL. */
export function maskUrl(text: string): string {
  try {
    const url = new URL(text);
    if (url.password !== '') url.password = '***';
    return url.toString();
  } catch {
    return text.replace(/(password\s*=\s*)\S+/gi, '$1***');
  }
}
