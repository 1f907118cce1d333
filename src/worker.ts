import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import {
  createClusterActivities,
  createMainActivities,
  createReconcilerActivities,
  createSweepActivities,
  createWaitActivities,
} from './activities/index.js';
import type { JobGateway } from './activities/ports.js';
import { connectionOptions, openClient } from './client/connect.js';
import { inRounds } from './client/rounds.js';
import { endWith, patiently } from './client/start-up.js';
import { createWorkflows } from './client/workflows.js';
import { requireDatabaseUrl } from './config/database-url.js';
import { homeDir, loadSettings } from './config/settings.js';
import { ClusterHealth } from './kubernetes/cluster-health.js';
import { openCluster } from './kubernetes/clusters.js';
import { manifests } from './kubernetes/manifest.js';
import { serveLinked } from './kubernetes/served-clusters.js';
import { clusterQueue, mainQueue, waitQueue } from './release/ids.js';
import { given } from './release/given.js';
import { TowpathError } from './release/towpath-error.js';
import { openStore, type Store } from './store/open.js';

/** The composition root of the worker: workflows, and activities for every linked cluster that this worker can reach. */
const log = pino({ base: { part: 'worker' } });
const fail = endWith(log, 'the worker cannot go on');
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Waiting for Jobs is idle: many at once, apart from the short work. */
const waitingAtOnce = 200;
/** Of the short work; among it are ends that wait for a grace period, or for a node that is gone, and must keep nobody waiting. */
const shortAtOnce = 1000;

/** Names this process in the store. */
const identity = randomUUID();

/** How often it says what it serves, and looks for what was linked. */
const lookMs = 5000;

interface Work {
  store: Store;
  /** Workflows that are kept in memory. */
  maxCachedWorkflows: number;
  /** To ask Temporal about workflows, which the worker's own connection cannot. */
  temporal: ReturnType<typeof openClient>;
  /** Runs a worker until it is stopped; one that fails ends the process, which is started again. */
  run: (options: Partial<WorkerOptions> & { taskQueue: string }) => Promise<() => void>;
}

async function runMain({ store, temporal, maxCachedWorkflows, run }: Work): Promise<void> {
  const codePath = at('./workflow-bundle.js');
  if (!existsSync(codePath))
    throw new TowpathError('PART_MISSING', 'the workflow bundle is missing', { hint: 'npm run build' });
  const workflows = createWorkflows(temporal);
  const activities = {
    ...createMainActivities({ store }),
    ...createReconcilerActivities({ store, workflows, manifests }),
  };
  await run({ taskQueue: mainQueue, workflowBundle: { codePath }, maxCachedWorkflows, activities });
}

/** Two workers a cluster, so that waiting never blocks work. */
async function runCluster({ store, run }: Work, name: string, gateways: () => JobGateway): Promise<() => void> {
  const of = { store, gateways, manifests };
  const activities = { ...createClusterActivities(of), ...createSweepActivities(of) };
  const short = await run({
    taskQueue: clusterQueue(name),
    activities,
    maxConcurrentActivityTaskExecutions: shortAtOnce,
  });
  const long = await run({
    taskQueue: waitQueue(name),
    activities: createWaitActivities(of),
    maxConcurrentActivityTaskExecutions: waitingAtOnce,
  }).catch((error: unknown) => {
    // The next round makes both again.
    short();
    throw error;
  });
  return () => {
    short();
    long();
  };
}

/** One round: serves what is linked now, of `only` when a worker is kept to some, and says so in the store. */
function serveClusters(work: Work, only: readonly string[] | undefined): () => Promise<void> {
  const { store } = work;
  const round = serveLinked({
    linked: async () => (await store.linkedClusters()).filter(({ name }) => only?.includes(name) ?? true),
    open: openCluster,
    async serve(name, gateway) {
      const stop = await runCluster(work, name, gateway);
      log.info({ cluster: name }, 'serving a linked cluster');
      return () => {
        stop();
        log.info({ cluster: name }, 'a cluster is not linked any more');
      };
    },
    refused: (cluster, { code, message, cause }) =>
      log.warn(given({ cluster, code, reason: message, err: cause }), 'a linked cluster cannot be served'),
  });
  const health = new ClusterHealth();
  return async () => {
    const served = await round();
    await store.reportServed(
      identity,
      served.map(({ name, gateway, refusal }) =>
        gateway
          ? { name, serves: true, ...health.of(gateway) }
          : { name, serves: false, trouble: `${refusal?.code}: ${refusal?.message}` },
      ),
    );
  };
}

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
  const running = new Set<{ stop: () => void; done: Promise<void> }>();
  const work: Work = {
    store,
    temporal,
    maxCachedWorkflows: settings.worker.cachedReleases,
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
      let stopped = false;
      const stop = (): void => {
        if (!stopped) worker.shutdown();
        stopped = true;
      };
      const mine = { stop, done };
      running.add(mine);
      void done.finally(() => running.delete(mine)).catch(() => undefined);
      return stop;
    },
  };
  await patiently('the Temporal namespace', () => runMain(work), stopping.signal);
  await inRounds({
    round: serveClusters(work, settings.worker.clusters),
    changed: () => store.waitForConfigs(lookMs, stopping.signal),
    signal: stopping.signal,
    log,
    ready: () => log.info({ event: 'worker ready' }, 'worker ready'),
  });
  // Whoever asks learns at once that nobody serves them; a database that is away learns it soon.
  await store.reportServed(identity, []).catch((error: unknown) => log.warn({ err: error }, 'leaving was not said'));
  for (const { stop } of running) stop();
  await Promise.all([...running].map(({ done }) => done));
  await connection.close();
  await temporal.connection.close();
  await store.close();
}

main().then(() => process.exit(0), fail);
