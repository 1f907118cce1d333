import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Changes, ObservedJob, ObservedPod, Seen } from '../activities/ports.js';
import type { Api } from './api.js';
import { clusterTime } from './jobs.js';
import { managedBy, ours } from './names.js';
import { SharedWatch } from './shared-watch.js';
import { observeJob, observePod } from './status.js';

interface Watched {
  namespace: string;
  name: string;
  uid: string;
}

interface InNamespace {
  jobs: SharedWatch<V1Job>;
  pods: SharedWatch<V1Pod>;
}

const controllerUid = 'batch.kubernetes.io/controller-uid';
/** A Job that was created here is followed so long until somebody asks for it; another worker may do so. */
const unclaimedMs = 5_000;

interface Watches {
  watch: (job: Watched) => Changes;
  /** Creates a Job, and follows it from its creation when the watches listened before. */
  creating: (namespace: string, create: () => Promise<ObservedJob | 'exists'>) => Promise<ObservedJob | 'exists'>;
}

/**
 * Two watches a namespace, on our Jobs and on the pods of Jobs: what keeps a pod from starting shows in the pod alone. What
 * they show was so; that they are silent says nothing (docs/architecture.md, jobs).
 */
export function createWatches(api: Api, lingerMs: number): Watches {
  const namespaces = new Map<string, InNamespace>();
  const fromCreation = new Map<string, { changes: Changes; unclaimed: NodeJS.Timeout }>();
  const watchesIn = (namespace: string): InNamespace => {
    const known = namespaces.get(namespace) ?? open(api, namespace, lingerMs);
    namespaces.set(namespace, known);
    return known;
  };
  return {
    watch(job) {
      const { changes, unclaimed } = fromCreation.get(job.uid) ?? {};
      fromCreation.delete(job.uid);
      clearTimeout(unclaimed);
      return changes ?? follow(api, watchesIn(job.namespace), job);
    },
    async creating(namespace, create) {
      const { jobs, pods } = watchesIn(namespace);
      const since = jobs.listens() && pods.listens() ? performance.now() : undefined;
      const job = await create();
      if (job === 'exists' || since === undefined) return job;
      const changes = follow(api, { jobs, pods }, { ...job, since });
      const giveUp = (): void => {
        fromCreation.delete(job.uid);
        changes.close();
      };
      fromCreation.set(job.uid, { changes, unclaimed: setTimeout(giveUp, unclaimedMs).unref() });
      return job;
    },
  };
}

const open = (api: Api, namespace: string, lingerMs: number): InNamespace => ({
  jobs: new SharedWatch<V1Job>(api, {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    labelSelector: `${managedBy}=${ours}`,
    keyOf: ({ metadata }) => metadata?.name,
    lingerMs,
  }),
  pods: new SharedWatch<V1Pod>(api, {
    path: `/api/v1/namespaces/${namespace}/pods`,
    labelSelector: controllerUid,
    keyOf: ({ metadata }) => metadata?.labels?.[controllerUid],
    lingerMs,
  }),
});

/** `since` (of `performance.now()`): a time before its creation at which both watches listened. */
function follow(api: Api, watches: InNamespace, { name, uid, since }: Watched & { since?: number }): Changes {
  const wake = new Wake();
  const jobs = watches.jobs.follow(name, () => wake.now());
  const pods = watches.pods.follow(uid, () => wake.now());
  const podsShown = (mainContainer: string): ObservedPod[] =>
    pods
      .shown()
      .filter(({ deleted }) => !deleted)
      .map(({ object }) => observePod(object, mainContainer));
  let looked = since ?? performance.now();
  // What was missed is read before anything that is shown is believed.
  let missed = since === undefined;
  const openedAfter = (since: number): boolean => jobs.openedAfter(since) || pods.openedAfter(since);
  // Who has read nothing yet cannot say where a watch that broke is to go on: it reads first.
  const unread = (seen: Seen): boolean => seen.job === '' && seen.pods === '' && !(jobs.isOpen() && pods.isOpen());
  return {
    async next(seen: Seen, waitMs: number, signal: AbortSignal) {
      // A watch that somebody has opened since the last look may have missed what happened in between.
      const behind = openedAfter(looked) || unread(seen);
      if (!unread(seen)) {
        jobs.open(seen.job);
        pods.open(seen.pods);
      }
      looked = performance.now();
      if (!behind) await wake.within(waitMs, signal);
      missed = behind || openedAfter(looked) || !jobs.isOpen() || !pods.isOpen();
      looked = performance.now();
    },
    shown(mainContainer) {
      const job = jobs.shown().find(({ object }) => object.metadata?.uid === uid);
      if (missed || openedAfter(looked) || !pods.isOpen() || !job || job.deleted) return undefined;
      return { job: observeJob(job.object, clusterTime(api)), pods: podsShown(mainContainer) };
    },
    ended: (mainContainer) =>
      pods
        .shown()
        .map(({ object, deleted }) => ({ deleted, pod: observePod(object, mainContainer) }))
        .filter(({ deleted, pod }) => deleted || pod.main?.exitCode !== undefined)
        .map(({ pod }) => pod)
        .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
        .at(-1),
    close() {
      jobs.leave();
      pods.leave();
    },
  };
}

/** Remembers that something happened until somebody waits for it. */
class Wake {
  private pending = false;
  private waiting: (() => void) | undefined;

  now(): void {
    this.pending = true;
    this.waiting?.();
  }

  async within(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.pending && !signal.aborted) await this.call(ms, signal);
    this.pending = false;
  }

  private call(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiting = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.waiting = done;
    });
  }
}
