import { spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { TowpathError } from '../release/towpath-error.js';
import { mustHaveRoom } from './disk-room.js';
import { lastLines, openLog, readLog } from './log-file.js';
import { layout as layoutOf, packageFile, type Layout } from './layout.js';
import { identify, isAlive, type ProcessId } from './process-id.js';
import { isSupervised, readState, type Given, type State } from './state.js';
import { holder } from './supervisor-lock.js';
import { until } from './wait.js';

export interface DetachOptions {
  home: string;
  env: NodeJS.ProcessEnv;
  given: Given;
}

/** Starts a supervisor in the background. What it is given goes by its environment: a URL may hold a password. */
export async function startDetached({ home, env, given }: DetachOptions): Promise<Background> {
  mustHaveRoom(home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const layout = layoutOf(home);
  const { fd, from } = openLog(layout.log('supervisor'));
  const child = spawn(process.execPath, [packageFile('bin/towpath'), 'supervise'], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', fd, fd],
    env: { ...env, TOWPATH_HOME: home, ...variablesOf(given) },
  });
  closeSync(fd);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  const id = identify(child.pid ?? 0) ?? { pid: child.pid ?? 0, startTime: 'ended' };
  return { id, said: () => lastLines(readLog(layout.log('supervisor'), from), 8) };
}

export interface Background {
  id: ProcessId;
  /** The last lines of its log. */
  said: () => string;
}

const variablesOf = ({ databaseUrl, temporalAddress, kubeconfig, kubeContext }: Given): NodeJS.ProcessEnv => ({
  ...(databaseUrl === undefined ? {} : { TOWPATH_DATABASE_URL: databaseUrl }),
  ...(temporalAddress === undefined ? {} : { TOWPATH_TEMPORAL_ADDRESS: temporalAddress }),
  ...(kubeconfig === undefined ? {} : { TOWPATH_KUBECONFIG: kubeconfig }),
  ...(kubeContext === undefined ? {} : { TOWPATH_KUBE_CONTEXT: kubeContext }),
});

export interface Watching {
  signal: AbortSignal;
  onChange: (state: State) => void;
  /** The supervisor that was just started; without one, whoever runs already is waited for. */
  background?: Background;
}

/** Waits until an installation is ready; throws why it cannot be. */
export async function untilReady(home: string, { signal, onChange, background }: Watching): Promise<State> {
  const layout = layoutOf(home);
  let shown = '';
  const settled = (): boolean => {
    const state = currentState(layout, background);
    const text = JSON.stringify(state);
    if (state && text !== shown) onChange(state);
    shown = text;
    if (state) return ['ready', 'failed', 'stopped'].includes(state.phase) || !isSupervised(state);
    return !lives(background) && !holder(layout.lock);
  };
  await until(settled, { timeoutMs: 3_600_000, everyMs: 100, signal });
  signal.throwIfAborted();
  const state = currentState(layout, background);
  if (state?.phase === 'ready') return state;
  throw notReady(state, background);
}

/** What an earlier supervisor left says nothing of the one that was just started, or of one that was a moment quicker. */
function currentState(layout: Layout, background: Background | undefined): State | undefined {
  const state = readState(layout);
  if (!state || !background) return state;
  const { pid, startTime } = state.supervisor;
  const ours = pid === background.id.pid && startTime === background.id.startTime;
  return ours || isSupervised(state) ? state : undefined;
}

const lives = (background: Background | undefined): boolean => background !== undefined && isAlive(background.id);

function notReady(state: State | undefined, background: Background | undefined): TowpathError {
  if (state?.error) {
    const { code, message, hint } = state.error;
    return new TowpathError(code as TowpathError['code'], message, hint === undefined ? {} : { hint });
  }
  const said = background?.said() ?? '';
  return new TowpathError('PART_FAILED', `towpath ended while it started${said === '' ? '' : `; it said:\n${said}`}`);
}
