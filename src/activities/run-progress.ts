import { Context, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { given } from '../release/given.js';
import type { RunKey, RunProgress } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import { ageMs } from './limits.js';
import { newest } from './look.js';
import { notEnding } from './not-ending.js';
import type { JobGateway, ObservedJob, ObservedPod, ObservedPods, RunStore } from './ports.js';

/** Events are asked for only when a start takes long: they cost requests, and an ordinary start has none to show. */
const slowStartMs = 5_000;
/** How often they are asked for while there are none, and while there are: others may know nothing yet. */
const [eventMs, knownMs] = [2_000, 30_000];

/** What people are told while a Job runs: in the heartbeat always, in the store when it changes. */
export class ProgressReport {
  /** Why the program does not run yet, in Kubernetes' words, or that its pod does not end. */
  waiting: string | undefined;
  private progress: RunProgress;
  private pods = 0;
  private since: string | undefined;
  private readonly tell: (progress: RunProgress) => Promise<void>;
  private readonly gateway: JobGateway;
  /** What events have told, of which pod if there was one, and when they were asked for. */
  private events: { last: string | undefined; at: number; of: string | undefined } | undefined;

  constructor({ store, gateway, key }: { store: RunStore; gateway: JobGateway; key: RunKey }, uid: string) {
    this.tell = createTeller({ store, key });
    this.gateway = gateway;
    this.progress = { uid, phase: 'waiting', logBytes: 0 };
  }

  /** When there may be more to tell although nothing changes (ms); undefined when changes alone tell. */
  askAgainMs(job: ObservedJob): number | undefined {
    if (this.progress.phase !== 'waiting' || this.waiting !== undefined) return undefined;
    return Math.max(slowStartMs - ageMs(job, job.createdAt), eventMs);
  }

  /** Details of a heartbeat; `since` is when the phase began, by the cluster's clock. */
  beat(logBytes: number): object {
    return given({ ...this.progress, logBytes, pods: this.pods, since: this.since });
  }

  ended(): void {
    this.progress = { ...this.progress, phase: 'ended' };
  }

  async report(job: ObservedJob, pods: ObservedPods, logBytes: number): Promise<void> {
    const pod = newest(pods);
    const phase = pod?.main?.started ? 'running' : 'waiting';
    if (this.since === undefined || phase !== this.progress.phase) this.since = job.readAt;
    const late = notEnding(pods, Date.parse(job.readAt));
    this.waiting = late ?? (phase === 'running' ? undefined : await this.whyWaiting(job, pod));
    this.pods = pods.items.length;
    this.progress = given({ uid: job.uid, phase, waiting: this.waiting, logBytes } as const);
    await this.tell(this.progress);
  }

  private async whyWaiting(job: ObservedJob, pod: ObservedPod | undefined): Promise<string | undefined> {
    if (pod?.waiting !== undefined) return pod.waiting;
    if (ageMs(job, job.createdAt) < slowStartMs) return undefined;
    return this.fromEvents(job, pod?.uid);
  }

  private async fromEvents(job: ObservedJob, of: string | undefined): Promise<string | undefined> {
    const at = Date.parse(job.readAt);
    const known = this.events?.of === of ? this.events : undefined;
    if (known?.last !== undefined && at - known.at < knownMs) return known.last;
    const warnings = await this.warnings(job);
    this.events = warnings ? { last: warnings.at(-1), at, of } : known;
    return this.events?.last;
  }

  /** Events tell what no pod can: a quota, a missing service account, a volume that cannot be mounted. */
  private async warnings({ namespace, name, uid }: ObservedJob): Promise<string[] | undefined> {
    try {
      return await this.gateway.warnings(namespace, uid);
    } catch (error) {
      log.warn('the events of a Job could not be read', { job: name, error: String(error) });
      return undefined;
    }
  }
}

/** Tells of a run whenever it waits for something else, or for nothing any more. */
export function createTeller({
  store,
  key,
}: {
  store: RunStore;
  key: RunKey;
}): (progress: RunProgress) => Promise<void> {
  // Nothing is known of what an attempt before has told: it may be over.
  let told = Context.current().info.attempt > 1 ? undefined : '';
  return async (progress) => {
    const { waiting = '' } = progress;
    if (waiting !== told && (await tell(store, key, progress))) told = waiting;
  };
}

/**
 * Does work that is tried again without a bound when the cluster does not answer, and says in the run's row that this is
 * what the run waits for: no workflow knows it, and Temporal's own record of it is costly to read (docs/architecture.md).
 */
export async function telling<T>(store: RunStore, key: RunKey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = waitingFor(error);
    if (why !== undefined) await tell(store, key, { phase: 'waiting', waiting: why, logBytes: 0 });
    throw error;
  }
}

const ofCluster = ['RUNTIME_UNREACHABLE', 'RUNTIME_FORBIDDEN'];

function waitingFor(error: unknown): string | undefined {
  const code =
    error instanceof TowpathError ? error.code : error instanceof ApplicationFailure ? error.type : undefined;
  return typeof code === 'string' && ofCluster.includes(code) ? `${code}: ${(error as Error).message}` : undefined;
}

/** Nothing depends on it: a store that is away only means that people are not told. */
async function tell(store: RunStore, key: RunKey, progress: RunProgress): Promise<boolean> {
  try {
    await store.recordProgress(key, progress);
    return true;
  } catch (error) {
    log.warn('the progress of a run was not recorded', { channel: key.channel, error: String(error) });
    return false;
  }
}
