import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { loadSettings, type Settings } from '../config/settings.js';
import { ensureToken } from '../config/token.js';
import type { Build } from './cluster-build.js';
import { clusterPart } from './cluster.js';
import { binaryFolders, cacheFolder, layout as layoutOf, partNames, type Layout, type PartName } from './layout.js';
import { serverPart, serverUrl, workerPart } from './node-parts.js';
import type { Part } from './part.js';
import { keepPorts, type Ports } from './ports.js';
import { ensurePassword, postgresPart, postgresUrl } from './postgres.js';
import { maskUrl, readState, type Given, type PartState, type State } from './state.js';
import { temporalPart } from './temporal.js';

/** What `up` is about to run: decided from settings and kept ports before anything starts. */
export interface Installation {
  layout: Layout;
  settings: Settings;
  parts: Part[];
  initial: Omit<State, 'supervisor'>;
  onBuilt: (build: Build) => void;
}

/** The name that the embedded cluster's kubeconfig gives to its only context. */
export const embeddedContext = 'towpath';

/** Flags win over settings, settings over what was given last time; `embedded` takes a part back. */
export function whatIsGiven(flags: Given, settings: Settings, remembered: Given): Given {
  const { databaseUrl, temporal, kubeconfig, kubeContext } = settings;
  const set = { databaseUrl, temporalAddress: temporal.address, kubeconfig, kubeContext };
  const given: Given = {};
  for (const key of ['databaseUrl', 'temporalAddress', 'kubeconfig', 'kubeContext'] as const) {
    const value = flags[key] ?? set[key] ?? remembered[key];
    if (value !== undefined && value !== 'embedded') given[key] = value;
  }
  if (given.kubeconfig !== undefined) return { ...given, kubeconfig: path.resolve(given.kubeconfig) };
  const { kubeContext: _, ...rest } = given;
  return rest;
}

export async function planInstallation(home: string, env: NodeJS.ProcessEnv, flags: Given): Promise<Installation> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const layout = layoutOf(home);
  const settings = loadSettings(home, { ...env, TOWPATH_EMBEDDED: 'true' });
  const given = whatIsGiven(flags, settings, readState(layout)?.given ?? {});
  const { listen } = settings;
  const ports = await keepPorts(layout.ports, listen.port === 0 ? {} : { server: listen.port });
  ensureToken(home);
  const installation: Installation = {
    layout,
    settings,
    parts: [],
    initial: initialState(layout, settings, { ports, given }),
    onBuilt: () => undefined,
  };
  installation.parts = createParts(installation, env, { ports, given });
  for (const { name, address } of installation.parts) installation.initial.parts[name] = fresh('waiting', address);
  return installation;
}

interface Choices {
  ports: Ports;
  given: Given;
}

const fresh = (state: PartState['state'], address: string): PartState => ({ state, address, restarts: 0 });

function initialState(layout: Layout, settings: Settings, { ports, given }: Choices): Installation['initial'] {
  const { host } = settings.listen;
  const addresses: Partial<Record<PartName, string>> = {
    postgres: maskUrl(given.databaseUrl ?? ''),
    temporal: given.temporalAddress ?? '',
    cluster: given.kubeContext ? `${given.kubeconfig} (${given.kubeContext})` : (given.kubeconfig ?? ''),
  };
  const kubeContext = given.kubeconfig === undefined ? embeddedContext : given.kubeContext;
  return {
    format: 1,
    phase: 'starting',
    startedAt: new Date().toISOString(),
    parts: Object.fromEntries(
      partNames.map((name) => [name, fresh('given', addresses[name] ?? '-')]),
    ) as State['parts'],
    server: serverUrl(host, ports.server),
    ...(given.temporalAddress === undefined ? { temporalUi: `http://127.0.0.1:${ports.temporalUi}` } : {}),
    temporalNamespace: settings.temporal.namespace,
    kubeconfig: given.kubeconfig ?? layout.kubeconfig,
    ...(kubeContext === undefined ? {} : { kubeContext }),
    logs: layout.logs,
    given,
  };
}

function createParts(installation: Installation, env: NodeJS.ProcessEnv, { ports, given }: Choices): Part[] {
  const { layout, settings, initial } = installation;
  const parts: Part[] = [];
  if (given.databaseUrl === undefined) parts.push(postgresPart(layout, ports.postgres));
  if (given.temporalAddress === undefined) {
    const { namespace, retention } = settings.temporal;
    const cacheDir = cacheFolder(layout, env);
    const { temporal: port, temporalUi: uiPort } = ports;
    parts.push(temporalPart(layout, { port, uiPort, namespace, retentionMs: retention, cacheDir, env }));
  }
  if (given.kubeconfig === undefined) {
    const binaries = binaryFolders(layout, env);
    const onBuilt = (build: Build): void => installation.onBuilt(build);
    parts.push(clusterPart(layout, { port: ports.cluster, env, binaries, onBuilt }));
  }
  const { host } = settings.listen;
  // All four are named, so that nothing of the caller's environment says otherwise.
  const childEnv = {
    TOWPATH_HOME: layout.home,
    TOWPATH_EMBEDDED: 'true',
    TOWPATH_DATABASE_URL: given.databaseUrl ?? postgresUrl(ports.postgres, ensurePassword(layout.postgresPassword)),
    TOWPATH_TEMPORAL_ADDRESS: given.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
    TOWPATH_LISTEN: `${host}:${ports.server}`,
    TOWPATH_KUBECONFIG: initial.kubeconfig,
    TOWPATH_KUBE_CONTEXT: initial.kubeContext ?? '',
    KUBECONFIG: initial.kubeconfig,
  };
  const here = parts.map(({ name }) => name);
  const needs = (...names: PartName[]): PartName[] => names.filter((name) => here.includes(name));
  parts.push(serverPart({ host, port: ports.server, env: childEnv, needs: needs('postgres', 'temporal') }));
  parts.push(workerPart({ env: childEnv, needs: ['server', ...needs('cluster')] }));
  return parts;
}
