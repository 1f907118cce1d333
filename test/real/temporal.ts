import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { bootstrapTemporal } from '../../src/client/bootstrap.js';

const built = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

export interface RealTemporal {
  client: Client;
  connection: Connection;
  namespace: string;
  address: string;
  /** Runs a worker on a queue until `stop`; with `workflows` it has the built bundle, which carries the payload converter. */
  work(options: Pick<WorkerOptions, 'taskQueue' | 'activities'> & { workflows?: boolean }): Promise<RealWorker>;
  close(): Promise<void>;
}

export interface RealWorker {
  stop(): Promise<void>;
}

/** Once a process: what workers log is for their operators, and what a test scripts to fail is no news. */
function quiet(): void {
  if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** A namespace of its own on the Temporal of the set-up. */
export async function openTemporal(): Promise<RealTemporal> {
  const address = process.env['TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run `npm run test:real`');
  quiet();
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const namespace = `test-${randomUUID()}`;
  await bootstrapTemporal(connection, { namespace, retentionMs: 24 * 3_600_000 });
  const workers: RealWorker[] = [];
  return {
    client: new Client({ connection, namespace }),
    connection,
    namespace,
    address,
    async work({ workflows, ...options }) {
      const bundle = workflows ? { workflowBundle: { codePath: built('workflow-bundle.js') } } : {};
      const worker = await Worker.create({
        connection: native,
        namespace,
        maxHeartbeatThrottleInterval: '200ms',
        ...bundle,
        ...options,
      });
      const running = worker.run();
      let stopped = false;
      const handle: RealWorker = {
        async stop() {
          if (!stopped) worker.shutdown();
          stopped = true;
          await running;
        },
      };
      workers.push(handle);
      return handle;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await native.close();
      await connection.close();
    },
  };
}
