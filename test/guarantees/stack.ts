import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHttp, type Http } from '../../src/cli/http.js';
import { localServer } from '../../src/cli/connection.js';
import { addImage } from '../../src/embedded/images.js';
import { layout as layoutOf, type PartName } from '../../src/embedded/layout.js';
import { readJson } from '../../src/embedded/atomic-file.js';
import { ensurePassword, postgresUrl } from '../../src/embedded/postgres.js';
import { readState, type PartState } from '../../src/embedded/state.js';
import { until } from '../real/until.js';
import { startApiProxy, type ApiProxy } from './api-proxy.js';
import type { FaultName } from './matrix.js';
import { watchJobs, type JobWatch } from './job-watch.js';

export const image = 'registry.example/tools:1';

/** All five parts, by `towpath up`, each of which can be killed and is started again by its supervisor. */
export interface Stack {
  folder: string;
  /** A kubeconfig that leads through `proxy`. */
  kubeconfig: string;
  proxy: ApiProxy;
  jobs: JobWatch;
  http: Http;
  databaseUrl: string;
  /** Stores documents. */
  apply(file: string): Promise<void>;
  /** Kills a part, or cuts the worker off from the API server; what it answers heals it, and ends when it is back. */
  strike(fault: FaultName): () => Promise<void>;
  close(): Promise<void>;
}

export async function openStack(): Promise<Stack> {
  const home = mkdtempSync(path.join(tmpdir(), 'tpg-'));
  // Not below /tmp: each pod has one of its own.
  const folder = mkdtempSync('/var/tmp/towpath-guarantees-');
  const layout = layoutOf(home);
  const cache = path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache');
  const env = { ...process.env, TOWPATH_HOME: home, TOWPATH_CACHE: cache, TOWPATH_LISTEN: '127.0.0.1:0' };
  addImage(layout.images, image, path.resolve('test/e2e/image'));
  const closing: (() => void | Promise<void>)[] = [
    async () => {
      await towpath(['down', '--force'], env);
      for (const gone of [home, folder]) rmSync(gone, { recursive: true, force: true });
    },
  ];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    await towpath(['up', '--detach'], env);
    const kubeconfig = path.join(folder, 'kubeconfig');
    const proxy = await startApiProxy(layout.kubeconfig, kubeconfig);
    closing.push(() => proxy.close());
    const jobs = watchJobs(layout.kubeconfig);
    closing.push(() => jobs.stop());
    const { postgres } = readJson(layout.ports) as { postgres: number };
    return {
      folder,
      kubeconfig,
      proxy,
      jobs,
      http: createHttp({ ...localServer(home), patienceMs: 60_000, signal: new AbortController().signal }),
      databaseUrl: postgresUrl(postgres, ensurePassword(layout.postgresPassword)),
      apply: (file) => towpath(['configs', 'apply', file, '--yes'], env),
      strike: (fault) => (fault === 'connection' ? cut(proxy) : kill(home, fault)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function cut(proxy: ApiProxy): () => Promise<void> {
  proxy.refuse();
  return () => proxy.accept();
}

/** Its supervisor starts it again. */
function kill(home: string, part: PartName): () => Promise<void> {
  const { process: running, restarts } = partOf(home, part);
  process.kill(running?.pid ?? 0, 'SIGKILL');
  return async () => {
    const back = ({ state, restarts: now }: PartState): boolean => state === 'ready' && now > restarts;
    await until(`${part} is back`, () => back(partOf(home, part)));
  };
}

function partOf(home: string, part: PartName): PartState {
  const state = readState(layoutOf(home));
  if (!state) throw new Error('nothing was started');
  return state.parts[part];
}

async function towpath(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  let said = '';
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, ['bin/towpath', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${code}: ${said}`);
}
