import { log } from '@temporalio/activity';
import type { RunKey } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Clock } from './clock.js';
import type { StoredLog } from './job-end.js';
import type { JobGateway, LogRead, RunStore } from './ports.js';

/** Lines and bytes of the log that travel with a result; the store has all of it. */
const tailLines = 200;
const tailBytes = 16 * 1024;

/**
 * Between two readings of a log that does not grow, after a failure and after its end. Each reading begins at the first
 * byte, because the API has no offset: they must become rare.
 */
const firstPauseMs = 500;
const longestPauseMs = 60_000;
const longestAtEndMs = 600_000;
/** How long a log may be silent before its connection is doubted. An honest silence is trusted longer each time. */
const firstSilenceMs = 30_000;
const longestSilenceMs = 600_000;
/** How long a pump that ends waits for a store that is away, when it holds what cannot be read again. */
const heldMs = 60_000;
/** For a reading that need not wait for anything. */
const stallMs = 15_000;

export interface Source {
  store: RunStore;
  gateway: JobGateway;
  clock: Clock;
  key: RunKey;
  namespace: string;
  mainContainer: string;
}

/**
 * Copies the log of one pod into the store while it grows. It never fails: after an error of the cluster or the store the
 * stored length is read again, and copying goes on from there. A run has one pod: nothing is retried inside its Job.
 */
export class LogPump {
  /** The stored length, as far as it is known. */
  bytes = 0;
  /** True when the last reading came to the end of the log. */
  atEnd = false;
  /** Resolves when the log is being read for the first time. */
  readonly opened: Promise<void>;
  private open: () => void = () => undefined;
  private last = false;
  /** Something was read that is not stored yet: the store is away. */
  private holds = false;
  private readonly pausing = new AbortController();
  private readonly reading = new AbortController();
  private readonly loop: Promise<void>;
  private readonly source: Source;
  private readonly pod: string;

  constructor(source: Source, pod: string) {
    this.source = source;
    this.pod = pod;
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
    this.loop = this.run();
  }

  /** Leaves at once. What was not stored yet is read again by the next attempt. */
  async stop(): Promise<void> {
    this.last = true;
    this.pausing.abort();
    this.reading.abort();
    await this.loop;
  }

  /** Lets the reading that is under way come to its end, for so long at most; longer while what was read is not stored. */
  async finish(ms: number): Promise<void> {
    this.last = true;
    this.pausing.abort();
    await Promise.race([this.loop, this.source.clock.sleep(ms)]);
    if (this.holds) await Promise.race([this.loop, this.source.clock.sleep(heldMs)]);
    await this.stop();
  }

  private async run(): Promise<void> {
    let pause = firstPauseMs;
    let silence = firstSilenceMs;
    while (!this.reading.signal.aborted) {
      const before = this.bytes;
      const read = await this.readOn(silence);
      const grew = this.bytes > before;
      this.atEnd = read === 'end' && !grew;
      // The very last lines may come after the end of a log that was followed.
      if (read === 'end' && grew) continue;
      if (this.last) return;
      pause = grew ? firstPauseMs : Math.min(2 * pause, this.atEnd ? longestAtEndMs : longestPauseMs);
      silence = grew ? firstSilenceMs : Math.min(2 * silence, longestSilenceMs);
      if (read !== 'silent') await this.source.clock.sleep(pause, this.pausing.signal);
    }
  }

  private async readOn(silenceMs: number): Promise<LogRead | 'failed'> {
    const { signal } = this.reading;
    try {
      return await copy(this.source, this.pod, {
        follow: true,
        silenceMs,
        signal,
        onOpen: this.open,
        onStored: (bytes) => {
          this.bytes = bytes;
          this.holds = false;
        },
        onHeld: () => {
          this.holds = true;
        },
      });
    } catch (error) {
      if (!signal.aborted) log.debug('a log is read again', { pod: this.pod, code: codeOf(error) });
      return 'failed';
    }
  }
}

/** Thrown into the reader when another writer was faster: start again from the stored length. */
class Overtaken extends Error {}

interface Copying {
  follow: boolean;
  silenceMs: number;
  signal: AbortSignal;
  onOpen?: () => void;
  onStored?: (bytes: number) => void;
  /** The store is away, and what was read waits for it. */
  onHeld?: () => void;
}

/** Reads from the stored length on, to the end (or on and on with `follow`). */
async function copy(source: Source, pod: string, { onStored, onHeld, ...how }: Copying): Promise<LogRead> {
  const { store, gateway, key, namespace, mainContainer } = source;
  let offset = await store.logLength(key);
  onStored?.(offset);
  return gateway.readLog({
    namespace,
    pod,
    container: mainContainer,
    offset,
    ...how,
    async onText(text) {
      const length = await append(source, { offset, text, signal: how.signal, onHeld });
      onStored?.(length);
      if (length !== offset + text.length) throw new Overtaken('another worker stored this part of the log');
      offset = length;
    },
  });
}

interface Appending {
  offset: number;
  text: Buffer;
  signal: AbortSignal;
  onHeld: (() => void) | undefined;
}

/** The pod may be gone before the store is back: what was read is kept, and not read again. */
async function append({ store, key, clock }: Source, { offset, text, signal, onHeld }: Appending): Promise<number> {
  for (let round = 1; ; round++) {
    try {
      return await store.appendLog(key, offset, text);
    } catch (error) {
      if (!(error instanceof TowpathError) || error.code !== 'STORE_UNREACHABLE') throw error;
      onHeld?.();
      await clock.sleep(Math.min(firstPauseMs * round, longestWaitMs), signal);
      signal.throwIfAborted();
    }
  }
}

/**
 * Stores what is left of the log of a pod, if there is one, and answers the end of the stored log. A log that cannot be
 * read is a warning and never fails a release; a store that is away is waited for: nothing may be deleted, and nothing
 * answered, before the log is stored (docs/spec.md §7.10).
 */
export async function drain(source: Source, pod: string | undefined, signal: AbortSignal): Promise<StoredLog> {
  const warning = pod === undefined ? undefined : await readRest(source, pod, signal);
  const stored = await source.store.logTail(source.key, tailLines, tailBytes);
  return { ...stored, warnings: warning === undefined ? [] : [warning] };
}

/** So often a cluster that does not give the log is asked. */
const enough = 6;
const longestWaitMs = 5000;

/** Answers a warning when something may be missing. */
async function readRest(source: Source, pod: string, signal: AbortSignal): Promise<string | undefined> {
  let refusals = 0;
  for (let round = 1; ; round++) {
    const how = { follow: false, silenceMs: stallMs, signal };
    const read = await copy(source, pod, how).catch((error: unknown) => ({ error }));
    signal.throwIfAborted();
    if (read === 'end') return undefined;
    if (read === 'none') return 'the log of the pod could not be read';
    if (read === 'short') return 'the node has rotated the log of the pod: its last part is missing';
    const code = read === 'silent' ? 'RUNTIME_UNREACHABLE' : codeOf(read.error);
    if (!isOurs(code)) refusals++;
    if (refusals === enough || isFinal(code)) return `the log of the pod could not be read (${code})`;
    await source.clock.sleep(Math.min(firstPauseMs * round, longestWaitMs), signal);
  }
}

/** The store's, and not the cluster's: waited for as long as it takes. */
const isOurs = (code: string): boolean => code === 'STORE_UNREACHABLE' || code === 'OVERTAKEN';

const isFinal = (code: string): boolean => !isOurs(code) && code !== 'RUNTIME_UNREACHABLE';

function codeOf(error: unknown): string {
  if (error instanceof Overtaken) return 'OVERTAKEN';
  if (error instanceof TowpathError) return error.code;
  log.error('a bug while a log was copied', { error: error instanceof Error ? error.name : typeof error });
  return 'INTERNAL';
}
