import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type Connection,
} from '@temporalio/client';
import { mainQueue, releaseWorkflowId } from '../release/ids.js';
import type { ReleasePlan } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseView } from '../release/view.js';
import type { FirstSignal, ReleaseClient } from '../server/ports.js';
import { view, type ReleaseInput, type ReleaseSettings } from '../workflows/messages.js';
import { askByUpdate } from './ask.js';
import { shownAtStart } from './shown-at-start.js';
import { namespaceId } from './workflows.js';

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
        return await soon<ReleaseView>(client, liveMs, () => handleOf(id).query(view));
      } catch (error) {
        if (!isGone(error)) restUntil = Date.now() + restMs;
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
  release: { id: string; number: number; requestedBy: string; rerun: boolean };
  plan: ReleasePlan;
  settings: ReleaseSettings;
  first: FirstSignal | undefined;
}

/** Starting twice with one id is one release, also after it has ended. */
async function start(client: Client, { release, plan, settings, first }: Starting): Promise<void> {
  const { id, number, requestedBy, rerun } = release;
  const input: ReleaseInput = { plan, number, requestedBy, rerun, settings };
  try {
    const options = {
      workflowId: releaseWorkflowId(id),
      taskQueue: mainQueue,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      ...shownAtStart(release, plan),
    } as const;
    if (!first) await client.workflow.start('release', options);
    else
      await client.workflow.signalWithStart('release', {
        ...options,
        signal: first.signal,
        signalArgs: [first.payload],
      });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
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
