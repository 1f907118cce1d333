import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import {
  createClusterActivities,
  createMainActivities,
  createReconcilerActivities,
  createWaitActivities,
} from './activities/index.js';
import type { JobGateway } from './activities/ports.js';
import { connectionOptions, openClient } from './client/connect.js';
import { endWith, patiently } from './client/start-up.js';
import { createWorkflows } from './client/workflows.js';
import { requireDatabaseUrl } from './config/database-url.js';
import { homeDir, loadSettings } from './config/settings.js';
import { openCluster } from './kubernetes/clusters.js';
import { manifests } from './kubernetes/manifest.js';
import { serveLinked } from './kubernetes/served-clusters.js';
import { clusterQueue, mainQueue, waitQueue } from './release/ids.js';
import { TowpathError } from './release/towpath-error.js';
import { openStore, type Store } from './store/open.js';

/** The composition root of the worker: workflows, and activities for every linked cluster that this worker can reach. */
const log = pino({ base: { part: 'worker' } });
const fail = endWith(log, 'the worker cannot go on');
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Waiting for Jobs is idle: many at once, apart from the short work. */
const waitingAtOnce = 200;

/** How long to trust that no cluster was linked. */
const lookMs = 5000;

interface Work {
  store: Store;
  /** To ask Temporal about workflows, which the worker's own connection cannot. */
  temporal: ReturnType<typeof openClient>;
  /** Runs a worker until the end of the process; one that fails ends the process, which is started again. */
  run: (options: Partial<WorkerOptions> & { taskQueue: string }) => Promise<void>;
}

async function runMain({ store, temporal, run }: Work): Promise<void> {
  const codePath = at('./workflow-bundle.js');
  if (!existsSync(codePath))
    throw new TowpathError('PART_MISSING', 'the workflow bundle is missing', { hint: 'npm run build' });
  const workflows = createWorkflows(temporal);
  const activities = {
    ...createMainActivities({ store }),
    ...createReconcilerActivities({ store, workflows, manifests }),
  };
  await run({ taskQueue: mainQueue, workflowBundle: { codePath }, activities });
}

/** Two workers a cluster, so that waiting never blocks work. */
async function runCluster({ store, run }: Work, name: string, gateways: () => JobGateway): Promise<void> {
  const of = { store, gateways, manifests };
  await run({ taskQueue: clusterQueue(name), activities: createClusterActivities(of) });
  await run({
    taskQueue: waitQueue(name),
    activities: createWaitActivities(of),
    maxConcurrentActivityTaskExecutions: waitingAtOnce,
  });
}

const serveClusters = (work: Work): (() => Promise<void>) =>
  serveLinked({
    linked: () => work.store.linkedClusters(),
    open: openCluster,
    async serve(name, gateway) {
      await runCluster(work, name, gateway);
      log.info({ cluster: name }, 'serving a linked cluster');
    },
    refused: (cluster, { code, message }) =>
      log.warn({ cluster, code, reason: message }, 'a linked cluster cannot be served'),
  });

async function main(): Promise<void> {
  Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });
  const settings = loadSettings(homeDir(process.env), process.env);
  const databaseUrl = requireDatabaseUrl(settings);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const store = await patiently('the database', () => openStore({ databaseUrl }), stopping.signal);
  const address = connectionOptions({ ...settings.temporal, plain: settings.embedded });
  const connection = await patiently('Temporal', () => NativeConnection.connect(address), stopping.signal);
  const temporal = openClient({ ...settings.temporal, plain: settings.embedded });
  const running: { worker: Worker; done: Promise<void> }[] = [];
  const work: Work = {
    store,
    temporal,
    async run(options) {
      const worker = await Worker.create({
        connection,
        namespace: settings.temporal.namespace,
        shutdownGraceTime: '5s',
        maxHeartbeatThrottleInterval: '5s',
        dataConverter: { payloadConverterPath: at('./workflows/payload-converter.js') },
        ...options,
      });
      const done = worker.run();
      done.catch(fail);
      running.push({ worker, done });
    },
  };
  await patiently('the Temporal namespace', () => runMain(work), stopping.signal);
  const round = serveClusters(work);
  let linked = store.waitForConfigs(lookMs, stopping.signal);
  await round();
  log.info({ event: 'worker ready' }, 'worker ready');
  while (!stopping.signal.aborted) {
    await linked;
    linked = store.waitForConfigs(lookMs, stopping.signal);
    await round().catch((error: unknown) => {
      if (!(error instanceof TowpathError)) throw error;
      log.warn({ code: error.code, reason: error.message }, 'linked clusters could not be read');
    });
  }
  for (const { worker } of running) worker.shutdown();
  await Promise.all(running.map(({ done }) => done));
  await connection.close();
  await temporal.connection.close();
  await store.close();
}

main().then(() => process.exit(0), fail);
