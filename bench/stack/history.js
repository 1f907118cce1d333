// Histories of releases, asked of Temporal.
import { Client, Connection } from '@temporalio/client';
import { releaseWorkflowId } from '../../dist/release/ids.js';

async function withClient({ temporalAddress, temporalNamespace }, work) {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    return await work(new Client({ connection, namespace: temporalNamespace }));
  } finally {
    await connection.close();
  }
}

/** How many events each has. */
export const historyLengths = (installation, ids) =>
  withClient(installation, async ({ workflow }) => {
    const lengths = [];
    for (const id of ids) lengths.push((await workflow.getHandle(releaseWorkflowId(id)).describe()).historyLength);
    return lengths;
  });

/** The types of the events of one, as Temporal numbers them. */
export const eventTypes = (installation, id) =>
  withClient(installation, async ({ workflow }) => {
    const { events } = await workflow.getHandle(releaseWorkflowId(id)).fetchHistory();
    return events.map(({ eventType }) => eventType);
  });
