import { WorkflowNotFoundError, type Client, type Connection } from '@temporalio/client';
import type { Workflows } from '../activities/ports.js';
import { releaseWorkflowId } from '../release/ids.js';

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

/** What Temporal knows of the workflows of releases, for the reconciler. */
export const createWorkflows = ({ client, connection }: { client: Client; connection: Connection }): Workflows => {
  const soon = <T>(work: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + callMs, work);
  return {
    namespaceId: () => namespaceId({ client, connection }),
    async listed() {
      const query = `WorkflowType = 'release' AND ExecutionStatus = 'Running'`;
      const ids = new Set<string>();
      for await (const { workflowId } of client.workflow.list({ query, pageSize: 1000 }))
        ids.add(workflowId.slice(prefix.length));
      return ids;
    },
    async standing(release) {
      try {
        const { status } = await soon(() => client.workflow.getHandle(releaseWorkflowId(release)).describe());
        if (status.name === 'RUNNING' || status.name === 'PAUSED' || status.name === 'CONTINUED_AS_NEW') return 'open';
        return status.name.toLowerCase().replace('_', ' ');
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'absent';
        throw error;
      }
    },
  };
};
