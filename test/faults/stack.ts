import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureToken } from '../../src/config/token.js';
import { addImage } from '../../src/embedded/images.js';
import { layout as layoutOf, type Layout } from '../../src/embedded/layout.js';
import { serverPart, workerPart } from '../../src/embedded/node-parts.js';
import type { Part } from '../../src/embedded/part.js';
import { choosePort, keepPorts } from '../../src/embedded/ports.js';
import { ensurePassword, postgresPart, postgresUrl } from '../../src/embedded/postgres.js';
import { temporalPart } from '../../src/embedded/temporal.js';
import { watchJobs, type JobWatch } from '../guarantees/job-watch.js';
import { createAsk, type Ask } from './ask.js';
import type { PartName } from './cells.js';
import { applyDocuments, image } from './documents.js';
import { auditFile, clusterParts, runPart, type RunningPart } from './processes.js';
import { openLedger } from './program.js';
import { startEarlyLinks, startProxies, type Closing, type EarlyLinks, type Ports, type Proxies } from './proxies.js';

/** All parts of an installation, each a process of its own, with a proxy in each connection between them. */
export interface Stack extends Proxies {
  layout: Layout;
  /** A folder that programs and the harness share. */
  folder: string;
  parts: Record<PartName, RunningPart>;
  jobs: JobWatch;
  audit: string;
  databaseUrl: string;
  /** As clients ask, through the proxy. */
  ask: Ask;
  close(): Promise<void>;
}

/** Starts everything, and stores what schedules release. */
export async function openStack(): Promise<Stack> {
  const closing: Closing = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await open(closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where the parts of one stack live. */
interface Site {
  layout: Layout;
  ports: Ports;
  closing: Closing;
}

async function open(closing: Closing): Promise<Omit<Stack, 'close'>> {
  const home = mkdtempSync(path.join(tmpdir(), 'tpf-'));
  // Not below /tmp: each pod has one of its own.
  const folder = mkdtempSync('/var/tmp/towpath-faults-');
  closing.push(() => {
    for (const gone of [home, folder]) rmSync(gone, { recursive: true, force: true });
  });
  const layout = layoutOf(home);
  const kept = await keepPorts(layout.ports);
  const ports = { ...kept, logs: await choosePort(Object.values(kept)) };
  const site: Site = { layout, ports, closing };
  addImage(layout.images, image, path.resolve('test/e2e/image'));
  openLedger({ folder });
  const early = await startEarlyLinks(ports, closing);
  const given = await startGiven(site, early);
  const proxies = await startProxies({ layout, ports, early }, closing);
  const token = ensureToken(home);
  const ours = await startOurs(site, proxies);
  const jobs = watchJobs(layout.kubeconfig);
  closing.push(() => jobs.stop());
  const ask = createAsk(`http://127.0.0.1:${proxies.links['client-server'].port}`, token);
  await applyDocuments({ folder, ask }, proxies.kubeconfig);
  const databaseUrl = databaseAt(site, ports.postgres);
  return { ...proxies, layout, folder, parts: { ...given, ...ours }, jobs, audit: auditFile(layout), databaseUrl, ask };
}

const databaseAt = ({ layout }: Site, port: number): string =>
  postgresUrl(port, ensurePassword(layout.postgresPassword));

function run({ layout, closing }: Site, name: PartName, part: Part): RunningPart {
  const dataDir = name === 'postgres' ? { dataDir: layout.postgres } : {};
  const running = runPart(part, { logFile: path.join(layout.logs, `${name}.log`), ...dataDir });
  closing.push(() => running.stop());
  return running;
}

type Ours = 'server' | 'worker';

/** What Towpath builds on. */
async function startGiven(site: Site, early: EarlyLinks): Promise<Omit<Stack['parts'], Ours>> {
  const { layout, ports } = site;
  const cache = path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache');
  const ofTemporal = { port: ports.temporal, uiPort: ports.temporalUi, namespace: 'towpath', retentionMs: 86_400_000 };
  const ofNode = {
    nodePort: early['node-api'].port,
    logs: { port: ports.logs, announced: early['api-node'].port },
  };
  const both = clusterParts({ layout, port: ports.cluster, ...ofNode, binaries: [cache] });
  const parts = {
    postgres: run(site, 'postgres', postgresPart(layout, ports.postgres)),
    temporal: run(site, 'temporal', temporalPart(layout, { ...ofTemporal, cacheDir: cache, env: process.env })),
    cluster: run(site, 'cluster', both.cluster),
    node: run(site, 'node', both.node),
  };
  await Promise.all(Object.values(parts).map((part) => part.start()));
  return parts;
}

/** Server and worker, each with its own ways to the others. */
async function startOurs(site: Site, { links, kubeconfig }: Proxies): Promise<Pick<Stack['parts'], Ours>> {
  const { layout, ports } = site;
  const port = ports.server;
  const env = (part: Ours): Record<string, string> => ({
    TOWPATH_HOME: layout.home,
    TOWPATH_EMBEDDED: 'true',
    TOWPATH_DATABASE_URL: databaseAt(site, links[`${part}-postgres`].port),
    TOWPATH_TEMPORAL_ADDRESS: `127.0.0.1:${links[`${part}-temporal`].port}`,
    TOWPATH_LISTEN: `127.0.0.1:${port}`,
    TOWPATH_RECONCILE_EVERY: '5s',
    KUBECONFIG: kubeconfig,
  });
  const server = run(site, 'server', serverPart({ host: '127.0.0.1', port, env: env('server'), needs: [] }));
  const worker = run(site, 'worker', workerPart({ env: env('worker'), needs: [] }));
  await server.start();
  await worker.start();
  return { server, worker };
}
