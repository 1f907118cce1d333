/**
 * A script to read and copy: approves a waiting release with the raw signal `manualApproval`, by @temporalio/client alone.
 * It counts where the installation trusts raw signals (`trustRawSignals`).
 *
 *   TEMPORAL_ADDRESS=… node send-approval.js my-app/my-service/7 production "dashboards are green"
 */
import { Client, Connection } from '@temporalio/client';

const [release, channel, reason] = process.argv.slice(2);
if (release === undefined || channel === undefined) {
  console.error('usage: send-approval.js APP/SERVICE/NUMBER CHANNEL [REASON]');
  process.exit(1);
}

const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'towpath' });
await client.workflow
  .getHandle(`release/${release}`)
  .signal('manualApproval', { channel, decision: 'approve', by: process.env['USER'] ?? 'a-script', reason });
console.log(`sent: approve ${channel} of ${release}`);
await connection.close();
