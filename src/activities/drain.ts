import type { StoredLog } from './job-end.js';
import { codeOf, copy, firstPauseMs, longestWaitMs, type Source } from './log-copy.js';
import type { LogRead, ObservedPod } from './ports.js';

/** Lines and bytes of the log that travel with a result; the store has all of it. */
const tailLines = 200;
const tailBytes = 16 * 1024;
/** For a reading that need not wait for anything. */
const stallMs = 15_000;

/**
 * Stores what is left of the log of a pod, if there is one, and answers the end of the stored log. A log that cannot be
 * read is a warning and never fails a release; a store that is away is waited for: nothing may be deleted, and nothing
 * answered, before the log is stored (docs/spec.md §7.10).
 */
export async function drain(source: Source, pod: ObservedPod | undefined, how: Draining): Promise<StoredLog> {
  const warning = pod?.main?.started ? await readRest(source, pod, how) : undefined;
  const stored = await source.store.logTail(source.key, tailLines, tailBytes);
  return { ...stored, warnings: [warning, source.secrets.warning].filter((each) => each !== undefined) };
}

/** For so long a cluster that answers, and does not give the log, is asked: a kubelet may be starting, or gone for good. */
const refusedMs = 60_000;
/** The same where something waits that must not: a Job that is to be deleted, the log of a newer pod. */
export const shortlyMs = 7500;

export interface Draining {
  signal: AbortSignal;
  refusedMs?: number;
}

/**
 * What is more than this is read once more: the API server ends its answer in good order also when the connection to the
 * kubelet breaks in the middle.
 */
const longRead = 16 * 1024;
const mostDoubts = 3;

/** Answers a warning when something may be missing. */
async function readRest(source: Source, pod: ObservedPod, how: Draining): Promise<string | undefined> {
  const { signal } = how;
  const forTooLong = refusalsOf(source, how);
  let doubts = 0;
  for (let round = 1; ; round++) {
    const read = await copyRest(source, pod, { signal, isLast: doubts === mostDoubts }).catch((error: unknown) => ({
      error,
    }));
    signal.throwIfAborted();
    if (isDoubtful(read) && doubts++ < mostDoubts) continue;
    if (typeof read === 'string' && read !== 'silent') return whatIsMissing[read];
    const code = read === 'silent' ? 'RUNTIME_UNREACHABLE' : codeOf(read.error);
    if (isFinal(code) || (await forTooLong(code))) return `the log of the pod could not be read (${code})`;
    await source.clock.sleep(Math.min(firstPauseMs * round, longestWaitMs), signal);
  }
}

const isDoubtful = (read: unknown): boolean => read === 'more' || read === 'short';

interface RestReading {
  signal: AbortSignal;
  /** Whatever it brings is taken for the end. */
  isLast: boolean;
}

/** Of a program that goes on, a line or a frame may be half done: it is left for the next reading. */
async function copyRest(source: Source, pod: ObservedPod, { signal, isLast }: RestReading): Promise<LogRead | 'more'> {
  const over = pod.main?.exitCode !== undefined;
  let before: number | undefined;
  const isWhole = (seen: number): boolean => isLast || seen - (before ?? 0) <= longRead;
  let seen = 0;
  const read = await copy(source, pod, {
    follow: false,
    silenceMs: stallMs,
    signal,
    isAll: (bytes) => over && isWhole(bytes),
    onSeen: (bytes) => {
      before ??= bytes;
      seen = bytes;
    },
  });
  return read === 'end' && !isWhole(seen) ? 'more' : read;
}

const whatIsMissing = {
  end: undefined,
  more: undefined,
  none: 'the log of the pod could not be read',
  short: 'the node has rotated the log of the pod: its last part may be missing',
};

/** Counts how long a cluster that answers has not given the log. */
function refusalsOf(source: Source, how: Draining): (code: string) => Promise<boolean> {
  const enoughMs = how.refusedMs ?? refusedMs;
  let since: number | undefined;
  return async (code) => {
    const now = source.clock.now();
    since = (await isRefusal(source, code)) ? (since ?? now) : undefined;
    return since !== undefined && now - since >= enoughMs;
  };
}

/** A cluster that is away as a whole has the log still: it is waited for, as everything else of the run is. */
async function isRefusal({ gateway }: Source, code: string): Promise<boolean> {
  if (isOurs(code)) return false;
  return gateway.ping().then(
    () => true,
    () => false,
  );
}

/** The store's, and not the cluster's: waited for as long as it takes. */
const isOurs = (code: string): boolean => code === 'STORE_UNREACHABLE' || code === 'OVERTAKEN';

const isFinal = (code: string): boolean => !isOurs(code) && code !== 'RUNTIME_UNREACHABLE';
