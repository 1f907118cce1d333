// A whole installation of Towpath in a folder of its own, started by the code that `towpath up` runs.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureToken } from '../../dist/config/token.js';
import { clusterPart } from '../../dist/embedded/cluster.js';
import { addImage } from '../../dist/embedded/images.js';
import { layout as layoutOf } from '../../dist/embedded/layout.js';
import { serverPart, serverUrl, workerPart } from '../../dist/embedded/node-parts.js';
import { PartRunner } from '../../dist/embedded/part-runner.js';
import { keepPorts } from '../../dist/embedded/ports.js';
import { ensurePassword, postgresPart, postgresUrl } from '../../dist/embedded/postgres.js';
import { temporalPart } from '../../dist/embedded/temporal.js';
import { kwokParts } from '../kwok/parts.js';
import { image } from './documents.js';
import { openReleases } from './releases.js';
import { inMemory, withArguments, withNodeFlags } from './launches.js';

/** Where what was downloaded or built is kept between runs, as in tests: the Temporal CLI and the cluster's binary. */
const cacheDir = path.resolve(process.env.TOWPATH_CACHE ?? '.cache');
const host = '127.0.0.1';
const day = 86_400_000;

/**
 * PostgreSQL, Temporal in memory, Kubernetes, server and worker, as long as `work` takes. `nodeFlags`, `postgresArgs`,
 * `temporalArgs` and `clusterArgs` are added to what the product gives its parts; `simulated` takes kwok's nodes.
 */
export async function withInstallation(options, work) {
  const installation = await planned(options);
  const interrupted = interruption();
  try {
    return await Promise.race([begin(installation).then(work), interrupted.promise]);
  } finally {
    interrupted.forget();
    await stop(installation);
  }
}

/** The parts are in sessions of their own: Ctrl-C ends only us, and we have to end them. */
function interruption() {
  const signals = ['SIGINT', 'SIGTERM'];
  const { promise, reject } = withReject();
  const interrupt = (signal) => reject(new Error(`interrupted by ${signal}`));
  for (const signal of signals) process.once(signal, interrupt);
  return { promise, forget: () => signals.forEach((signal) => process.off(signal, interrupt)) };
}

function withReject() {
  let reject;
  const promise = new Promise((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
}

/** What benches work with, once everything runs. */
async function begin(installation) {
  const { parts, layout, facts, processes, closing } = installation;
  const run = (part) => runPart(part, installation);
  await Promise.all([run(parts.postgres), run(parts.temporal), run(parts.cluster)]);
  addImage(layout.images, image.ref, image.dir);
  for (const part of [...parts.nodes, parts.server, parts.worker]) await run(part);
  /** What uses the parts ends before they do. */
  const beforeStop = (close) => void closing.push(close);
  return { ...facts, processes, beforeStop, releases: await openReleases({ ...facts, beforeStop }) };
}

async function planned(options) {
  const { nodeFlags = [], postgresArgs = [], temporalArgs = [], clusterArgs = [], simulated = false } = options;
  const home = mkdtempSync(path.join(tmpdir(), 'tb-'));
  // PostgreSQL runs as another user when we are root.
  chmodSync(home, 0o711);
  mkdirSync(cacheDir, { recursive: true });
  const layout = layoutOf(home);
  const ports = await keepPorts(layout.ports);
  const env = { ...process.env, TOWPATH_CACHE: cacheDir };
  const facts = {
    url: serverUrl(host, ports.server),
    token: ensureToken(home),
    databaseUrl: postgresUrl(ports.postgres, ensurePassword(layout.postgresPassword)),
    temporalAddress: `${host}:${ports.temporal}`,
    temporalNamespace: 'towpath',
    kubeconfig: layout.kubeconfig,
  };
  const childEnv = {
    TOWPATH_HOME: home,
    TOWPATH_EMBEDDED: 'true',
    TOWPATH_DATABASE_URL: facts.databaseUrl,
    TOWPATH_TEMPORAL_ADDRESS: facts.temporalAddress,
    TOWPATH_LISTEN: `${host}:${ports.server}`,
    TOWPATH_KUBECONFIG: layout.kubeconfig,
    TOWPATH_KUBE_CONTEXT: 'towpath',
    KUBECONFIG: layout.kubeconfig,
  };
  const temporal = { port: ports.temporal, uiPort: ports.temporalUi, namespace: facts.temporalNamespace };
  const cluster = { port: ports.cluster, env, binaries: [cacheDir], onBuilt: () => undefined };
  const node = { env: childEnv, needs: [] };
  const parts = {
    postgres: withArguments(postgresPart(layout, ports.postgres), postgresArgs),
    temporal: withArguments(
      inMemory(temporalPart(layout, { ...temporal, retentionMs: day, cacheDir, env })),
      temporalArgs,
    ),
    cluster: withArguments(clusterPart(layout, cluster), [...clusterArgs, ...(simulated ? ['--node', 'none'] : [])]),
    nodes: simulated ? await kwokParts(layout, { cacheDir }) : [],
    server: withNodeFlags(serverPart({ ...node, host, port: ports.server }), nodeFlags),
    worker: withNodeFlags(workerPart(node), nodeFlags),
  };
  return { layout, parts, facts, processes: {}, runners: [], closing: [], stopping: new AbortController() };
}

async function runPart(part, { layout, runners, processes, stopping: { signal } }) {
  const change = ({ process: started }) => {
    if (started) processes[part.name] = started.pid;
    return true;
  };
  const runner = new PartRunner({ part, logFile: layout.log(part.name), before: undefined, change, signal });
  runners.push(runner);
  await runner.start();
}

/** The last that was started ends first: each ends while what it needs still runs. */
async function stop({ layout, runners, closing, stopping }) {
  stopping.abort();
  for (const close of closing.toReversed()) await close();
  for (const runner of runners.toReversed()) await runner.stop();
  rmSync(layout.home, { recursive: true, force: true });
}
