// The parts that real tests share, started by the code that `towpath up` uses, as it was built: plain JavaScript, because
// jest loads its global set-up without the transform of the tests.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJson, writeAtomic } from '../../dist/embedded/atomic-file.js';
import { clusterPart } from '../../dist/embedded/cluster.js';
import { endProcess } from '../../dist/embedded/end-process.js';
import { layout as layoutOf } from '../../dist/embedded/layout.js';
import { PartRunner } from '../../dist/embedded/part-runner.js';
import { keepPorts } from '../../dist/embedded/ports.js';
import { ensurePassword, postgresPart, postgresUrl } from '../../dist/embedded/postgres.js';
import { findTemporal } from '../../dist/embedded/temporal-cli.js';
import { temporalPart } from '../../dist/embedded/temporal.js';

/** Where what was downloaded or built is kept between runs: the Temporal CLI and the cluster's binary. */
const cacheDir = path.resolve(process.env.TOWPATH_CACHE ?? '.cache');
const day = 86_400_000;

/** PostgreSQL, Temporal and a Kubernetes API server, in a folder of their own; `note` is the file that tells of them. */
export function createStack(note) {
  const left = { home: mkdtempSync(path.join(tmpdir(), 'tp-')), processes: [] };
  const runners = [];

  async function run(part, logFile) {
    const change = ({ process: started }) => {
      if (started) left.processes.push(started);
      writeAtomic(note, JSON.stringify(left));
      return true;
    };
    const runner = new PartRunner({ part, logFile, before: undefined, change, signal: new AbortController().signal });
    runners.push(runner);
    await runner.start();
  }

  return {
    /** Starts all three side by side, and answers the variables that tests read. */
    async start() {
      const env = { ...process.env, TOWPATH_CACHE: cacheDir };
      mkdirSync(cacheDir, { recursive: true });
      const layout = layoutOf(left.home);
      const ports = await keepPorts(layout.ports);
      const temporal = { port: ports.temporal, uiPort: ports.temporalUi, namespace: 'towpath', retentionMs: day };
      const parts = [
        postgresPart(layout, ports.postgres),
        temporalPart(layout, { ...temporal, cacheDir, env }),
        clusterPart(layout, { port: ports.cluster, env, binaries: [cacheDir], onBuilt: () => undefined }),
      ];
      await Promise.all(parts.map((part) => run(part, layout.log(part.name))));
      return {
        TEST_DATABASE_URL: postgresUrl(ports.postgres, ensurePassword(layout.postgresPassword)),
        TEST_TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
        TEST_TEMPORAL_BIN: (await findTemporal(cacheDir, env)).bin,
        TEST_KUBECONFIG: layout.kubeconfig,
        TEST_IMAGES: layout.images,
      };
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
      for (const gone of [left.home, note]) rmSync(gone, { recursive: true, force: true });
    },
  };
}

/** Ends what a run that was killed left behind, by process number and start time. */
export async function endLeftovers(note) {
  const left = readJson(note);
  if (!left) return;
  await Promise.all(left.processes.map((id) => endProcess(id, 'SIGTERM', 5000)));
  for (const gone of [left.home, note]) rmSync(gone, { recursive: true, force: true });
}
