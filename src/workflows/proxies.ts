import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { clusterQueue, mainQueue, waitQueue } from '../release/ids.js';
import type { ReconcilerActivities, SweepActivities } from '../release/reconciling.js';
import type { ClusterActivities, MainActivities, WaitActivities } from '../release/steps.js';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The database alone. It may be away for long: asked again without a bound, the release waits (docs/architecture.md). */
export const main = proxyActivities<MainActivities>({
  taskQueue: mainQueue,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/**
 * Turn, number and Job. A cancel does not wait for an answer: whatever a worker is still about to create, `endRun` closes the
 * run's key and takes the Job's name (docs/architecture.md, turn and run, 5).
 */
export const beginning = (cluster: string) =>
  proxyActivities<Pick<ClusterActivities, 'beginRun'>>({
    taskQueue: clusterQueue(cluster),
    startToCloseTimeout: '2m',
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });

/**
 * Recording the end. A cluster or the database may be away for long, and giving up would leave a
 * Job or a turn behind: asked again without a bound. What cannot be helped by asking is not retryable.
 */
export const onCluster = (cluster: string) =>
  proxyActivities<Pick<ClusterActivities, 'finishRun'>>({
    taskQueue: clusterQueue(cluster),
    startToCloseTimeout: '2m',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });

/** One round of the reconciler: bounded, since the next round does what this one could not. */
export const reconciling = proxyActivities<ReconcilerActivities>({
  taskQueue: mainQueue,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '5m',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});

/**
 * Of a release that is over. Without a worker of the cluster it waits for a later round. Its round is not for long, and does
 * not wait until the worker has heard of that.
 */
export const endingLeft = (cluster: string) =>
  proxyActivities<Pick<ClusterActivities, 'endRun'>>({
    taskQueue: clusterQueue(cluster),
    scheduleToStartTimeout: '30s',
    startToCloseTimeout: '2m',
    heartbeatTimeout: '30s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', maximumInterval: '10s' },
  });

/** All Jobs of a cluster, which may be slow, or without a worker. */
export const sweeping = (cluster: string) =>
  proxyActivities<SweepActivities>({
    taskQueue: clusterQueue(cluster),
    scheduleToStartTimeout: '30s',
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: '1m',
    heartbeatTimeout: '30s',
    retry: { maximumAttempts: 2 },
  });

/** Deleting a Job lasts as long as its pod's grace period; the same reasons to ask without a bound. */
export const ending = (cluster: string) =>
  proxyActivities<Pick<ClusterActivities, 'endRun'>>({
    taskQueue: clusterQueue(cluster),
    startToCloseTimeout: '1h',
    heartbeatTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });

/**
 * A Job may run for hours; half a minute of silence means that its worker died, and the next attempt attaches to the same
 * Job. Bounded by the Job itself: it keeps its result for 7 days (docs/spec.md §7.3). A cancel does not wait for a worker that
 * may be gone: `endRun` stores the log and deletes, whoever still reads beside it.
 */
export const waiting = (cluster: string, limits: { timeoutMs: number; startTimeoutMs: number }) =>
  proxyActivities<WaitActivities>({
    taskQueue: waitQueue(cluster),
    startToCloseTimeout: limits.timeoutMs + limits.startTimeoutMs + 5 * minute,
    scheduleToCloseTimeout: limits.timeoutMs + limits.startTimeoutMs + 6 * day,
    heartbeatTimeout: '30s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
