import { log } from '@temporalio/activity';
import type { RunKey } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Clock } from './clock.js';
import { frameName } from './frame.js';
import { LogIntake } from './log-intake.js';
import type { JobGateway, LogPart, LogRead, ObservedPod, RunStore } from './ports.js';
import type { Secrets } from './secrets.js';

/** Between two attempts while the store is away, or a log cannot be read: it grows with each. */
export const firstPauseMs = 500;
export const longestWaitMs = 5000;

export interface Source {
  store: RunStore;
  gateway: JobGateway;
  clock: Clock;
  key: RunKey;
  /** The number of the run. */
  run: number;
  namespace: string;
  mainContainer: string;
  secrets: Secrets;
}

/** Thrown into the reader when another writer was faster: start again from the stored length. */
class Overtaken extends Error {}

export interface Copying {
  follow: boolean;
  silenceMs: number;
  signal: AbortSignal;
  /** True when nothing follows a log that ends after so many bytes: what was held back is stored then. */
  isAll: (seen: number) => boolean;
  onOpen?: () => void;
  onSeen?: (bytes: number) => void;
  onStored?: (bytes: number) => void;
  /** What was read is to be stored. */
  onHeld?: () => void;
}

/** Reads from where the stored log ends, to the end (or on and on with `follow`). */
export async function copy(source: Source, pod: ObservedPod, how: Copying): Promise<LogRead> {
  const { store, gateway, key, namespace, mainContainer } = source;
  const { follow, silenceMs, signal, isAll, onOpen, onSeen, onStored } = how;
  const redactor = await source.secrets.redactorFor(pod);
  const state = await store.logState(key, pod.uid);
  const intake = new LogIntake({ run: frameName(key, source.run), pod: pod.uid }, state, redactor);
  onStored?.(state.received);
  onSeen?.(intake.seen);
  const keep = async (part: LogPart | undefined): Promise<void> => {
    if (!part) return;
    const length = await append(source, part, how);
    onStored?.(length);
    if (length !== part.offset + part.received) throw new Overtaken('another worker stored this part of the log');
  };
  const reading = {
    namespace,
    pod: pod.name,
    container: mainContainer,
    offset: state.received,
    follow,
    silenceMs,
    signal,
  };
  const read = await gateway.readLog({
    ...reading,
    ...(onOpen ? { onOpen } : {}),
    async onText(text) {
      const part = intake.take(text);
      onSeen?.(intake.seen);
      await keep(part);
    },
  });
  if (read === 'end' && isAll(intake.seen)) await keep(intake.rest());
  return read;
}

/** The pod may be gone before the store is back: what was read is kept, and not read again. */
async function append({ store, key, clock }: Source, part: LogPart, { signal, onHeld }: Copying): Promise<number> {
  for (let round = 1; ; round++) {
    onHeld?.();
    try {
      return await store.appendLog(key, part);
    } catch (error) {
      if (!(error instanceof TowpathError) || error.code !== 'STORE_UNREACHABLE') throw error;
      await clock.sleep(Math.min(firstPauseMs * round, longestWaitMs), signal);
      signal.throwIfAborted();
    }
  }
}

/** For what is said and decided; a bug is told in the log of the worker. */
export function codeOf(error: unknown): string {
  if (error instanceof Overtaken) return 'OVERTAKEN';
  if (error instanceof TowpathError) return error.code;
  log.error('a bug while a log was copied', { error: error instanceof Error ? error.name : typeof error });
  return 'INTERNAL';
}
