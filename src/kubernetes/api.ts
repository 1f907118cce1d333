import type { RequestOptions } from 'node:https';
import {
  AuthorizationV1Api,
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  ServerConfiguration,
  type Cluster,
  type KubeConfig,
  type RequestContext,
} from '@kubernetes/client-node';
import { TowpathError } from '../release/towpath-error.js';
import { Connections } from './connections.js';
import { statusOf } from './errors.js';
import { Readiness } from './readiness.js';

/** A question that takes longer has no answer: the caller reads again. */
const requestTimeoutMs = 15_000;

/** Clients of one cluster. */
export interface Clients {
  batch: BatchV1Api;
  core: CoreV1Api;
  authorization: AuthorizationV1Api;
  server: string;
  /** For requests that the generated clients cannot make: credentials and a shared connection. */
  requestOptions(): Promise<RequestOptions>;
}

export interface Api {
  /** Asks once; again after 401, with credentials that are read again: they may have been renewed without a new file. */
  ask<T>(work: (clients: Clients) => Promise<T>): Promise<T>;
  /**
   * Asks what may be asked twice. A connection that was kept may be dead and tell nobody: what is not answered soon is asked
   * again on a new one, so that a Job's end is seen in time (docs/architecture.md, jobs).
   */
  read<T>(work: (clients: Clients) => Promise<T>): Promise<T>;
}

/** Of the time for an answer, what a first reading gets: an API server that is well answers within a second. */
const soon = 1 / 4;

/**
 * Every request has a time-out, and those that follow each other share a connection. `load` reads the kubeconfig; it is read
 * again when its `stamp` is another one, and one that cannot be used leaves the credentials as they were.
 */
export function createApi(load: () => KubeConfig, timeoutMs = requestTimeoutMs, stamp = (): string => ''): Api {
  const connections = new Connections();
  const readiness = new Readiness();
  let seen = stamp();
  const create = (): { patient: Clients; quick: Clients } => {
    const config = load();
    return {
      patient: createClients(config, connections, timeoutMs),
      quick: createClients(config, connections, timeoutMs * soon),
    };
  };
  let clients = create();
  function renew(): void {
    const now = stamp();
    if (now === seen) return;
    try {
      clients = create();
      seen = now;
    } catch (error) {
      // Half written, perhaps: the next question looks again.
      if (!(error instanceof TowpathError)) throw error;
    }
  }
  const ask = async <T>(work: (clients: Clients) => Promise<T>, how: 'patient' | 'quick' = 'patient'): Promise<T> => {
    renew();
    try {
      return await work(clients[how]);
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined) connections.closeIdle();
      if (status === undefined || status >= 500) readiness.wasAway();
      if (status !== 401) throw await meant(error);
      clients = create();
      return work(clients[how]).catch(async (second: unknown) => {
        throw await meant(second);
      });
    }
  };
  /** The error, unless it is a refusal that may be over in a moment. */
  async function meant(error: unknown): Promise<unknown> {
    const status = statusOf(error);
    if (status === 401 || status === 403) await readiness.mustBeMeant(status, clients.quick);
    return error;
  }
  return {
    ask: (work) => ask(work),
    read: (work) =>
      ask(work, 'quick').catch((error: unknown) => {
        if (statusOf(error) !== undefined || error instanceof TowpathError) throw error;
        return ask(work);
      }),
  };
}

function createClients(config: KubeConfig, connections: Connections, timeoutMs: number): Clients {
  const { server } = usable(config.getCurrentCluster());
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: { getName: () => 'kubeconfig', applySecurityAuthentication } },
    promiseMiddleware: [{ pre: withTimeout, post: (response) => Promise.resolve(response) }],
  });
  return {
    batch: new BatchV1Api(configuration),
    core: new CoreV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    server,
    async requestOptions() {
      const options: RequestOptions = {};
      await withCredentials(config.applyToHTTPSOptions(options));
      return typeof options.agent === 'object' ? { ...options, agent: connections.shared(options.agent) } : options;
    },
  };

  async function applySecurityAuthentication(context: RequestContext): Promise<void> {
    await withCredentials(config.applySecurityAuthentication(context));
    const agent = context.getAgent();
    if (agent) context.setAgent(connections.shared(agent));
  }

  /** The generated methods take no signal of their own. */
  function withTimeout(context: RequestContext): Promise<RequestContext> {
    context.setSignal(AbortSignal.timeout(timeoutMs));
    return Promise.resolve(context);
  }
}

/** A file that is missing, or a helper program that fails and says why on its stderr, which may hold anything. */
async function withCredentials(applied: Promise<void>): Promise<void> {
  await applied.catch(() => {
    throw new TowpathError('RUNTIME_UNREACHABLE', 'the credentials for the cluster could not be read', {
      hint: 'files and helper programs that the kubeconfig names must work for the user that runs the worker',
    });
  });
}

function usable(cluster: Cluster | null): Cluster {
  if (!cluster) throw new TowpathError('RUNTIME_FORBIDDEN', 'the kubeconfig of the worker has no current cluster');
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw new TowpathError('RUNTIME_FORBIDDEN', `${cluster.server} would be asked without encryption`, {
      hint: 'use https, or set insecure-skip-tls-verify for this cluster in the kubeconfig',
    });
  return cluster;
}
