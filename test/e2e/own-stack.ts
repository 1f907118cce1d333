import { mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BatchV1Api, KubeConfig, type V1Job } from '@kubernetes/client-node';
import { layout, type PartName } from '../../src/embedded/layout.js';
import { isAlive } from '../../src/embedded/process-id.js';
import { readState, type State } from '../../src/embedded/state.js';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { linkedExtension } from './extension.js';
import { image, run, type Ended } from './installation.js';

/** A whole installation of its own, by `towpath up`: every part of it may be stopped and killed. */
export interface OwnStack {
  home: string;
  /** A folder for what programs of Jobs write, and tests read. */
  folder: string;
  /** What the command runs with. */
  env: NodeJS.ProcessEnv;
  towpath(...args: string[]): Promise<Ended>;
  json<T>(...args: string[]): Promise<T>;
  state(): State;
  pid(part: PartName | 'supervisor'): number;
  kill(part: PartName | 'supervisor', signal: NodeJS.Signals): void;
  /** Kills a part, or the supervisor, and sees it gone. */
  killed(part: PartName | 'supervisor'): Promise<void>;
  jobs(service: string): Promise<V1Job[]>;
  /** What a program wrote into a file of `folder`. */
  lines(name: string): string[];
  see(id: string, what: string, wanted: (view: ReleaseView) => boolean): Promise<ReleaseView>;
  close(): Promise<void>;
}

export interface StackOptions {
  /** An existing folder to live in; without one it has one of its own. */
  home?: string;
}

const application = 'own';

export async function openStack({ home: given }: StackOptions = {}): Promise<OwnStack> {
  const home = given ?? mkdtempSync(path.join(tmpdir(), 'tpo-'));
  // Not below /tmp: each pod has one of its own.
  const folder = mkdtempSync('/var/tmp/towpath-own-');
  const { TOWPATH_CACHE = '.cache', ...rest } = process.env;
  const env = {
    ...rest,
    TOWPATH_HOME: home,
    TOWPATH_CACHE: path.resolve(TOWPATH_CACHE),
    TOWPATH_LISTEN: '127.0.0.1:0',
    NO_COLOR: '1',
  };
  const towpath = (...args: string[]): Promise<Ended> => run(process.execPath, ['bin/towpath', ...args], env);
  const json = async <T>(...args: string[]): Promise<T> => {
    const ended = await towpath(...args, '--format', 'json');
    if (ended.code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as T;
  };
  const state = (): State => readState(layout(home)) as State;
  const idOf = (part: PartName | 'supervisor') => {
    const id = part === 'supervisor' ? state().supervisor : state().parts[part].process;
    if (!id) throw new Error(`${part} does not run`);
    return id;
  };
  const stack: OwnStack = {
    home,
    folder,
    env,
    towpath,
    json,
    state,
    pid: (part) => idOf(part).pid,
    kill: (part, signal) => void process.kill(idOf(part).pid, signal),
    async killed(part) {
      const id = idOf(part);
      process.kill(id.pid, 'SIGKILL');
      await until(`${part} is gone`, () => !isAlive(id));
    },
    async jobs(service) {
      const config = new KubeConfig();
      config.loadFromFile(layout(home).kubeconfig);
      const labelSelector = `app.kubernetes.io/managed-by=towpath,towpath.dev/service=${service}`;
      return (await config.makeApiClient(BatchV1Api).listJobForAllNamespaces({ labelSelector })).items;
    },
    lines(name) {
      const file = path.join(folder, name);
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    },
    see: (id, what, wanted) =>
      until(
        what,
        async () => {
          const { code, stdout } = await towpath('releases', 'get', id, '--format', 'json');
          const view = code === 0 ? (JSON.parse(stdout) as ReleaseView) : undefined;
          return view && wanted(view) ? view : undefined;
        },
        { withinMs: 120_000, everyMs: 300 },
      ),
    async close() {
      await towpath('down', '--force');
      for (const gone of [...(given === undefined ? [home] : []), folder])
        rmSync(gone, { recursive: true, force: true });
    },
  };
  const up = await towpath('up', '--detach');
  if (up.code !== 0) {
    await stack.close();
    throw new Error(`up failed: ${up.stdout}${up.stderr}`);
  }
  await towpath('images', 'add', image, path.resolve('test/e2e/image'));
  return stack;
}

/** Applies a service of that name, staging and then production behind an approval, and starts a release of it. */
export async function startRelease(stack: OwnStack, service: string, script: string): Promise<string> {
  const file = path.join(stack.folder, `${service}.pvn.yaml`);
  writeFileSync(file, documents(stack, service, script));
  const applied = await stack.towpath('configs', 'apply', file, '--yes');
  if (applied.code !== 0) throw new Error(applied.stderr);
  return (await stack.json<{ id: string }>('releases', 'start', `${application}/${service}`)).id;
}

const documents = (
  { home }: OwnStack,
  service: string,
  script: string,
): string => `${linkedExtension({ cluster: 'own-ops', name: 'own-vm', kubeconfig: layout(home).kubeconfig, image })}application:
  name: ${application}
  releaseChannels:
    - name: staging
      runtimes: [{runtime: own-vm, type: EXTENSION}]
    - name: production
      runtimes: [{runtime: own-vm, type: EXTENSION}]
      preconditions:
        - releaseChannelStable: {releaseChannel: staging}
        - manualApproval: {}
---
service:
  name: ${service}
  application: ${application}
  runtimeExtension:
    parameterValues:
      - {name: script, string: ${JSON.stringify(script)}}
`;
