import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BatchV1Api, CoreV1Api, KubeConfig, type V1Job } from '@kubernetes/client-node';
import { addImage } from '../../src/embedded/images.js';
import type { ReleaseView } from '../../src/release/view.js';
import { runSql, startPostgres } from '../real/postgres.js';
import { until } from '../real/until.js';
import { linkedExtension } from './extension.js';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Installation {
  /** Prefix of every runtime, so that installations on one cluster do not meet. */
  name: string;
  home: string;
  /** A folder for what programs of Jobs write, and tests read. */
  folder: string;
  namespace: string;
  /** Runs the command as a person would. */
  towpath(...args: string[]): Promise<Ended>;
  /** The JSON that it answers; fails with what it said. */
  json<T>(...args: string[]): Promise<T>;
  /** Temporal's own command line. */
  temporal(...args: string[]): Promise<Ended>;
  databaseUrl: string;
  sql(text: string, values?: unknown[]): ReturnType<typeof runSql>;
  jobs(channel?: string): Promise<V1Job[]>;
  core: CoreV1Api;
  pidOf(part: 'server' | 'worker'): number;
  /** Another worker, with more in its environment. */
  startWorker(env?: NodeJS.ProcessEnv): { stop(): Promise<void> };
  /** Waits for a release to be as wanted. */
  see(id: string, what: string, wanted: (view: ReleaseView) => boolean): Promise<ReleaseView>;
  close(): Promise<void>;
}

export const image = 'registry.example/tools:1';

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run \`npm run test:real\``);
  return value;
};

export function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}

/** Server and worker of their own, by `towpath up`, on the database, Temporal and cluster of the set-up. */
export async function openInstallation(name: string, settings: NodeJS.ProcessEnv = {}): Promise<Installation> {
  const home = mkdtempSync(path.join(tmpdir(), 'tpe-'));
  // Not below /tmp: each pod has one of its own.
  const folder = mkdtempSync('/var/tmp/towpath-e2e-');
  const postgres = await startPostgres();
  const kubeconfig = required('TEST_KUBECONFIG');
  const namespace = `e2e-${name}-${randomUUID().slice(0, 8)}`;
  const address = required('TEST_TEMPORAL_ADDRESS');
  addImage(required('TEST_IMAGES'), image, path.resolve('test/e2e/image'));
  const env = {
    ...process.env,
    TOWPATH_HOME: home,
    TOWPATH_LISTEN: '127.0.0.1:0',
    TOWPATH_DATABASE_URL: postgres.databaseUrl,
    TOWPATH_TEMPORAL_ADDRESS: address,
    TOWPATH_TEMPORAL_NAMESPACE: namespace,
    TOWPATH_RECONCILE_EVERY: '2s',
    NO_COLOR: '1',
    ...settings,
  };
  const towpath = (...args: string[]): Promise<Ended> => run(process.execPath, ['bin/towpath', ...args], env);
  const json = async <T>(...args: string[]): Promise<T> => {
    const ended = await towpath(...args, '--format', 'json');
    if (ended.code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as T;
  };
  const up = await towpath('up', '--detach', '--kubeconfig', kubeconfig);
  if (up.code !== 0) throw new Error(`up failed: ${up.stdout}${up.stderr}`);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const batch = config.makeApiClient(BatchV1Api);
  return {
    name,
    home,
    folder,
    namespace,
    towpath,
    json,
    temporal: (...args) => run(required('TEST_TEMPORAL_BIN'), [...args, '--address', address, '-n', namespace], env),
    databaseUrl: postgres.databaseUrl,
    sql: (text, values) => runSql(postgres.databaseUrl, text, values),
    async jobs(channel) {
      const labelSelector = `app.kubernetes.io/managed-by=towpath,towpath.dev/application=${name}`;
      const { items } = await batch.listJobForAllNamespaces({ labelSelector });
      return items.filter(
        ({ metadata }) => channel === undefined || metadata?.labels?.['towpath.dev/release-channel'] === channel,
      );
    },
    core: config.makeApiClient(CoreV1Api),
    pidOf(part) {
      const state = JSON.parse(readFileSync(path.join(home, 'state.json'), 'utf8')) as {
        parts: Record<string, { process?: { pid: number } }>;
      };
      const pid = state.parts[part]?.process?.pid;
      if (pid === undefined) throw new Error(`${part} does not run`);
      return pid;
    },
    startWorker(more = {}) {
      const own = { TOWPATH_EMBEDDED: 'true', KUBECONFIG: kubeconfig };
      const child = spawn(process.execPath, ['dist/worker.js'], { stdio: 'ignore', env: { ...env, ...own, ...more } });
      const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
      return {
        async stop() {
          child.kill('SIGTERM');
          await gone;
        },
      };
    },
    see: (id, what, wanted) =>
      until(
        what,
        async () => {
          const view = await json<ReleaseView>('releases', 'get', id);
          return wanted(view) ? view : undefined;
        },
        { withinMs: 90_000, everyMs: 200 },
      ),
    async close() {
      await towpath('down', '--force');
      await postgres.stop();
      for (const gone of [home, folder]) rmSync(gone, { recursive: true, force: true });
    },
  };
}

export interface Documents {
  service?: string;
  /** What the Jobs run, by `sh -c`. */
  script: string;
  /** Of its own for production. */
  productionScript?: string;
  /** An existing namespace to run in. */
  namespace?: string;
}

/** Writes the basic example: a linked cluster, an extension, staging and production, a service. */
export function writeDocuments({ name, folder }: Installation, documents: Documents): string {
  const { service = 'my-service', script, productionScript = script, namespace } = documents;
  const file = path.join(folder, `${service}.pvn.yaml`);
  writeFileSync(
    file,
    `${linkedExtension({ cluster: `${name}-ops`, name: `${name}-vm`, kubeconfig: required('TEST_KUBECONFIG'), image, namespace })}application:
  name: ${name}
  releaseChannels:
    - name: staging
      runtimes: [{runtime: ${name}-vm, type: EXTENSION}]
    - name: production
      runtimes: [{runtime: ${name}-vm, type: EXTENSION}]
      preconditions:
        - releaseChannelStable: {releaseChannel: staging}
        - manualApproval: {}
---
service:
  name: ${service}
  application: ${name}
  runtimeExtension:
    parameterValues:
      - {name: script, string: "{{.Params.script}}"}
  parameters:
    - name: script
      string: {defaultValue: ${JSON.stringify(script)}}
  perReleaseChannel:
    - releaseChannel: production
      runtimeExtension:
        parameterValues:
          - {name: script, string: ${JSON.stringify(productionScript)}}
`,
  );
  return file;
}

export const waits = (view: ReleaseView): boolean => view.status === 'WAITING_MANUAL_APPROVAL';
export const over = (view: ReleaseView): boolean => view.endedAt !== undefined;
