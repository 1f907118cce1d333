import { WorkflowNotFoundError, type Client, type Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Workflows } from '../activities/ports.js';
import { releaseWorkflowId } from '../release/ids.js';
import { searchAttributes } from '../release/search-attributes.js';

const prefix = releaseWorkflowId('');
const callMs = 10_000;

/** Made by Temporal with the namespace: another Temporal, or one that lost its data, has another id. */
export async function namespaceId({ client, connection }: { client: Client; connection: Connection }): Promise<string> {
  const { namespace } = client.options;
  const { namespaceInfo } = await client.withDeadline(Date.now() + callMs, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
  if (!namespaceInfo?.id) throw new Error(`namespace ${namespace} has no id`);
  return namespaceInfo.id;
}

const runningReleases = `WorkflowType = 'release' AND ExecutionStatus = 'Running'`;

/**
 * Ids of releases that Temporal lists as running; the list may be late. There may be thousands, each minute: without
 * `client.workflow.list`, which also decodes the memo and the search attributes of each, at three times the CPU.
 */
export async function listRunning(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const ids: string[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = { namespace, query: runningReleases, pageSize: 1000, nextPageToken };
    const answer = await client.workflowService.listWorkflowExecutions(page);
    for (const { execution } of answer.executions) ids.push((execution?.workflowId ?? '').slice(prefix.length));
    ({ nextPageToken } = answer);
  } while (nextPageToken.length > 0);
  return ids;
}

const phaseKey = defineSearchAttributeKey(searchAttributes.phase, SearchAttributeType.KEYWORD);

/** What Temporal knows of the workflows of releases, for the reconciler. */
export const createWorkflows = ({ client, connection }: { client: Client; connection: Connection }): Workflows => {
  const soon = <T>(work: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + callMs, work);
  const handleOf = (release: string) => client.workflow.getHandle(releaseWorkflowId(release));
  return {
    namespaceId: () => namespaceId({ client, connection }),
    listed: async () => new Set(await listRunning(client)),
    countListed: async () => (await soon(() => client.workflow.count(runningReleases))).count,
    async standing(release) {
      try {
        const { status, typedSearchAttributes } = await soon(() => handleOf(release).describe());
        if (status.name === 'RUNNING' || status.name === 'PAUSED' || status.name === 'CONTINUED_AS_NEW') return 'open';
        const how = status.name.toLowerCase().replace('_', ' ');
        const phase = typedSearchAttributes.get(phaseKey);
        return status.name === 'COMPLETED' && phase !== undefined ? `${how} as ${phase}` : how;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'absent';
        throw error;
      }
    },
    async atWork(release) {
      try {
        const { status, raw } = await soon(() => handleOf(release).describe());
        const pending = (raw.pendingActivities ?? []).length > 0 || Boolean(raw.pendingWorkflowTask);
        return status.name !== 'RUNNING' || pending;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return true;
        throw error;
      }
    },
    async poke(release) {
      try {
        await soon(() => handleOf(release).signal('turnChanged'));
        return 'sent';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone';
        throw error;
      }
    },
  };
};
