import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { TowpathError } from '../release/towpath-error.js';
import { ensureImages } from './images.js';
import { buildCluster, findCluster, type Build } from './cluster-build.js';
import { goHeap } from './go-heap.js';
import { packageFile, type Layout } from './layout.js';
import type { Launch, Part, PartContext, ReadyContext } from './part.js';

export interface ClusterOptions {
  port: number;
  env: NodeJS.ProcessEnv;
  /** Folders that may hold a built binary; a new one goes to the first. */
  binaries: string[];
  onBuilt: (build: Build) => void;
}

/** The embedded Kubernetes: a real API server, with Jobs as processes of this machine. */
export function clusterPart(layout: Layout, { port, env, binaries, onBuilt }: ClusterOptions): Part {
  return {
    name: 'cluster',
    needs: [],
    address: `https://127.0.0.1:${port}`,
    ports: [{ port, change: `change it in ${layout.ports}` }],
    prepare,
    usable,
    startTimeoutMs: 90_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 20_000,
  };

  async function prepare(context: PartContext): Promise<Launch> {
    if (layout.cluster.length > 80)
      throw new TowpathError('PART_FAILED', `${layout.cluster} is too long a path for a unix socket inside it`, {
        hint: 'set TOWPATH_HOME to a shorter path',
      });
    const { binary, built } = findCluster(env, binaries);
    if (!built) onBuilt(await buildCluster(binary, context));
    ensureImages(layout.images);
    const args = ['--dir', layout.cluster, '--port', String(port), '--images', layout.images];
    const quick = [...args, '--job-sync-batch', '20ms'];
    return { command: binary, args: quick, env: goHeap(env), ...kubernetesVersion() };
  }

  async function usable({ log, adopted }: ReadyContext): Promise<boolean> {
    if (!adopted && !/\bREADY kubeconfig=/.test(log())) return false;
    return existsSync(layout.kubeconfig) && (await answers(port));
  }
}

/** The Kubernetes that the sources are of. */
function kubernetesVersion(): { version?: string } {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(packageFile('embedded-cluster/go.mod'), 'utf8'))?.[1];
  return version === undefined ? {} : { version };
}

/** True when the API server answers at all; who may ask it what is not the question here. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, timeout: 2000 },
      (answer) => {
        answer.resume();
        resolve((answer.statusCode ?? 500) < 500);
      },
    );
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
