import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { createClusterActivities, createMainActivities, createWaitActivities } from './activities/index.js';
import type { JobGateway } from './activities/ports.js';
import { connectionOptions } from './client/connect.js';
import { patiently } from './client/patiently.js';
import { requireDatabaseUrl } from './config/database-url.js';
import { homeDir, loadSettings, type Settings } from './config/settings.js';
import { openCluster } from './kubernetes/clusters.js';
import { manifests } from './kubernetes/manifest.js';
import { clusterQueue, mainQueue, waitQueue } from './release/ids.js';
import { TowpathError } from './release/towpath-error.js';
import { openStore, type Store } from './store/open.js';

/** The composition root of the worker: workflows, and activities for every linked cluster that this worker can reach. */
const log = pino({ base: { part: 'worker' } });
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const common = (connection: NativeConnection, settings: Settings) =>
  ({
    connection,
    namespace: settings.temporal.namespace,
    shutdownGraceTime: '5s',
    maxHeartbeatThrottleInterval: '5s',
    dataConverter: { payloadConverterPath: at('./workflows/payload-converter.js') },
  }) satisfies Partial<WorkerOptions>;

async function startMain(connection: NativeConnection, settings: Settings, store: Store): Promise<Worker> {
  const codePath = at('./workflow-bundle.js');
  if (!existsSync(codePath))
    throw new TowpathError('PART_MISSING', 'the workflow bundle is missing', { hint: 'npm run build' });
  return Worker.create({
    ...common(connection, settings),
    taskQueue: mainQueue,
    workflowBundle: { codePath },
    activities: createMainActivities({ store }),
  });
}

/** Two workers a cluster: waiting never blocks work. */
async function startCluster(
  connection: NativeConnection,
  settings: Settings,
  of: { store: Store; name: string; gateway: () => JobGateway },
): Promise<Worker[]> {
  const { store, name } = of;
  const dependencies = { store, gateways: of.gateway, manifests };
  const short = { taskQueue: clusterQueue(name), activities: createClusterActivities(dependencies) };
  const long = {
    taskQueue: waitQueue(name),
    activities: createWaitActivities(dependencies),
    maxConcurrentActivityTaskExecutions: 200,
  };
  return Promise.all([short, long].map((each) => Worker.create({ ...common(connection, settings), ...each })));
}

/** Serves clusters as they are linked, also while everything runs. A changed link is read at the next call. */
class Clusters {
  readonly running: { worker: Worker; done: Promise<void> }[] = [];
  private readonly gateways = new Map<string, { link: string; gateway: JobGateway }>();
  private readonly connection: NativeConnection;
  private readonly settings: Settings;
  private readonly store: Store;

  constructor(connection: NativeConnection, settings: Settings, store: Store) {
    this.connection = connection;
    this.settings = settings;
    this.store = store;
  }

  run(worker: Worker): void {
    this.running.push({ worker, done: worker.run() });
  }

  async serve(): Promise<void> {
    for (const { name, link } of await this.store.linkedClusters()) {
      const key = JSON.stringify(link);
      const known = this.gateways.get(name);
      if (known?.link === key) continue;
      try {
        this.gateways.set(name, { link: key, gateway: openCluster(link) });
      } catch (error) {
        log.warn({ cluster: name, error: String(error) }, 'a linked cluster cannot be served');
        continue;
      }
      if (known) continue;
      const gateway = (): JobGateway => this.gateways.get(name)?.gateway ?? openCluster(link);
      for (const worker of await startCluster(this.connection, this.settings, { store: this.store, name, gateway }))
        this.run(worker);
      log.info({ cluster: name }, 'serving a linked cluster');
    }
  }
}

async function main(): Promise<void> {
  Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });
  const settings = loadSettings(homeDir(process.env), process.env);
  const databaseUrl = requireDatabaseUrl(settings);
  const store = await patiently('the database', () => openStore({ databaseUrl }));
  const connection = await patiently('Temporal', () =>
    NativeConnection.connect(connectionOptions({ ...settings.temporal, plain: settings.embedded })),
  );
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const clusters = new Clusters(connection, settings, store);
  clusters.run(await patiently('the Temporal namespace', () => startMain(connection, settings, store)));
  await clusters.serve();
  log.info({ event: 'worker ready' }, 'worker ready');
  while (!stopping.signal.aborted) {
    await store.waitForConfigs(5000, stopping.signal);
    await clusters
      .serve()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'linked clusters could not be read'));
  }
  for (const { worker } of clusters.running) worker.shutdown();
  await Promise.all(clusters.running.map(({ done }) => done));
  await connection.close();
  await store.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log.fatal(
      { err: error instanceof TowpathError ? { code: error.code, message: error.message, hint: error.hint } : error },
      'the worker cannot go on',
    );
    process.exit(1);
  },
);
