import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clusterPart } from '../../src/embedded/cluster.js';
import { addImage } from '../../src/embedded/images.js';
import { layout as layoutOf } from '../../src/embedded/layout.js';
import { PartRunner } from '../../src/embedded/part-runner.js';
import { keepPorts } from '../../src/embedded/ports.js';

export interface RealCluster {
  kubeconfig: string;
  port: number;
  addImage(reference: string, folder: string): void;
  stop(): Promise<void>;
}

/** One more embedded cluster, of this test alone. The set-up has built its program. */
export async function startCluster(): Promise<RealCluster> {
  const home = mkdtempSync(path.join(tmpdir(), 'tpc-'));
  const layout = layoutOf(home);
  const { cluster: port } = await keepPorts(layout.ports);
  const binaries = [path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache')];
  const part = clusterPart(layout, { port, env: process.env, binaries, onBuilt: () => undefined });
  const { signal } = new AbortController();
  const logFile = layout.log(part.name);
  const runner = new PartRunner({ part, logFile, before: undefined, change: () => true, signal });
  await runner.start();
  return {
    kubeconfig: layout.kubeconfig,
    port,
    addImage: (reference, folder) => addImage(layout.images, reference, folder),
    async stop() {
      await runner.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The kubeconfig of a cluster, as it is reached on another port of loopback. */
export const onPort = (kubeconfig: string, port: number): string =>
  readFileSync(kubeconfig, 'utf8').replace(/(server: https:\/\/127\.0\.0\.1:)[0-9]+/, `$1${port}`);
