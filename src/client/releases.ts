import {
  Client,
  isGrpcServiceError,
  QueryRejectedError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Connection,
} from '@temporalio/client';
import { mainQueue, releaseWorkflowId } from '../release/ids.js';
import type { ReleasePlan } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseView } from '../release/view.js';
import type { FirstSignal, ReleaseClient } from '../server/ports.js';
import { view, type ReleaseInput, type ReleaseSettings } from '../workflows/messages.js';
import { askByUpdate } from './ask.js';
import { memoOf, shownAtStart } from './shown-at-start.js';
import { listRunning, namespaceId } from './workflows.js';

/** How long a question may take that a worker has to answer; without a worker nothing comes. */
const liveMs = 1000;
/** How long to leave the question be after it was not answered: a page must not wait for each of its reads. */
const restMs = 5000;
const callMs = 10_000;

/** The conversation with releases, through Temporal. */
export function createReleaseClient(
  { client, connection }: { client: Client; connection: Connection },
  settings: ReleaseSettings,
): ReleaseClient {
  let restUntil = 0;
  const handleOf = (id: string) => client.workflow.getHandle(releaseWorkflowId(id));
  // Temporal answers for what was terminated too, by replaying it: as if it still ran.
  const { namespace } = client.options;
  const living = new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_COMPLETED_CLEANLY' } });
  const livingOf = (id: string) => living.workflow.getHandle(releaseWorkflowId(id));
  return {
    ping: () =>
      answering(async () => {
        const { serverVersion } = await soon(client, callMs, () => connection.workflowService.getSystemInfo({}));
        return { version: serverVersion ?? 'unknown' };
      }),

    namespaceId: () => answering(() => namespaceId({ client, connection })),

    start: (release, plan, first) =>
      answering(() => soon(client, callMs, () => start(client, { release, plan, settings, first }))),

    ask: (request) => answering(() => askByUpdate(client, handleOf(request.release), request)),

    async view(id) {
      if (Date.now() < restUntil) return undefined;
      try {
        return await soon<ReleaseView>(client, liveMs, () => livingOf(id).query(view));
      } catch (error) {
        if (!isGone(error) && !(error instanceof QueryRejectedError)) restUntil = Date.now() + restMs;
        return undefined;
      }
    },

    async signal(workflowId, message, payload) {
      try {
        const args = payload === null ? [] : [payload];
        await answering(() =>
          soon(client, callMs, () => client.workflow.getHandle(workflowId).signal(message, ...args)),
        );
        return 'sent';
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error;
      }
    },

    listed: () => answering(() => soon(client, callMs, () => listRunning(client))),

    async pollers(queue) {
      const { namespace } = client.options;
      const kinds = queue === mainQueue ? workflowTasks : activityTasks;
      const { pollers } = await answering(() =>
        soon(client, callMs, () =>
          connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queue }, taskQueueType: kinds }),
        ),
      );
      return recent(pollers ?? []);
    },
  };
}

/** Numbers of `temporal.api.enums.v1.TaskQueueType`. */
const workflowTasks = 1;
const activityTasks = 2;

/** A poller is listed for minutes after its end: only one that asked within the length of a poll lives. */
const pollMs = 75_000;

/** Distinct workers among the pollers. */
function recent(pollers: { identity?: string | null; lastAccessTime?: { seconds?: unknown } | null }[]): number {
  const since = Date.now() - pollMs;
  const living = pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since);
  return new Set(living.map(({ identity }) => identity ?? '')).size;
}

interface Starting {
  release: Parameters<ReleaseClient['start']>[0];
  plan: ReleasePlan;
  settings: ReleaseSettings;
  first: FirstSignal | undefined;
}

/** Starting twice with one id is one release, also after it has ended. What has the id already is looked at, and only then. */
async function start(client: Client, starting: Starting): Promise<'started' | 'other'> {
  const { release, plan, settings, first } = starting;
  const { id, number, requestedBy, rerun } = release;
  const input: ReleaseInput = { plan, number, requestedBy, rerun, settings };
  const options = {
    workflowId: releaseWorkflowId(id),
    taskQueue: mainQueue,
    args: [input],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    ...shownAtStart(release, plan),
  } as const;
  // Whoever has the id would hear the signal.
  if (first && (await standing(client, starting)) === 'other') return 'other';
  try {
    if (!first) await client.workflow.start('release', { ...options, workflowIdConflictPolicy: 'FAIL' });
    else
      await client.workflow.signalWithStart('release', {
        ...options,
        workflowIdConflictPolicy: 'USE_EXISTING',
        signal: first.signal,
        signalArgs: [first.payload],
      });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await standing(client, starting)) === 'other' ? 'other' : 'started';
  }
}

/** Whether the workflow of this id is this release, by what was written into its memo at the start. */
async function standing(client: Client, { release, plan }: Starting): Promise<'absent' | 'same' | 'other'> {
  try {
    const { memo = {} } = await client.workflow.getHandle(releaseWorkflowId(release.id)).describe();
    const mine = memoOf(plan, release.startKey);
    // A workflow of before has no key in its memo.
    const same = Object.entries(mine).every(
      ([name, value]) => memo[name] === value || (name === 'startKey' && !(name in memo)),
    );
    return same ? 'same' : 'other';
  } catch (error) {
    if (isGone(error)) return 'absent';
    throw error;
  }
}

/** With a deadline: the SDK asks again by itself, without an end. */
export const soon = <T>(client: Client, ms: number, work: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + ms, work);

const isGone = (error: unknown): boolean => error instanceof WorkflowNotFoundError;

/** Temporal that does not answer is NOT_RUNNING; an answer, also a refusal, goes on. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
    if (!isGrpcServiceError(cause) || !unanswered.includes(cause.code)) throw error;
    throw new TowpathError('NOT_RUNNING', 'Temporal did not answer', {
      hint: '`towpath status` says whether it runs, `towpath doctor` where it is looked for',
      cause: error,
    });
  }
}

/** gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const unanswered: readonly number[] = [1, 4, 8, 14];
