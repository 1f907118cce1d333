import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';
import { createApi } from './api.js';
import { createGateway } from './gateway.js';

/** Exactly one way to reach a cluster (docs/spec.md §2.2). Paths are the worker's own. */
export interface Link {
  context?: string;
  kubeconfig?: string;
  inCluster?: boolean;
}

/**
 * Opens a linked cluster with the credentials of this worker; throws RUNTIME_FORBIDDEN when they cannot be read. They are
 * read again when their file has changed, and when the cluster does not know them any more.
 */
export const openCluster = (link: Link): JobGateway =>
  createGateway(
    createApi(
      () => configOf(link),
      undefined,
      () => filesOf(link).map(stampOf).join(),
    ),
  );

/** The files that a kubeconfig is read from; a worker in a cluster has its credentials renewed by the client. */
function filesOf({ kubeconfig, inCluster }: Link): string[] {
  if (inCluster) return [];
  if (kubeconfig !== undefined) return [kubeconfig];
  const { KUBECONFIG: named = '' } = process.env;
  return named === '' ? [path.join(homedir(), '.kube', 'config')] : named.split(path.delimiter);
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : '';
}

function configOf(link: Link): KubeConfig {
  const config = new KubeConfig();
  if (link.inCluster && process.env['KUBERNETES_SERVICE_HOST'] === undefined) throw unreadable(link);
  try {
    if (link.inCluster) config.loadFromCluster();
    else if (link.kubeconfig !== undefined) config.loadFromFile(link.kubeconfig);
    else config.loadFromDefault();
  } catch {
    throw unreadable(link);
  }
  // Without a kubeconfig the client makes one up.
  const cluster = config.getCurrentCluster();
  if (cluster?.server === 'http://localhost:8080' && !cluster.skipTLSVerify) throw unreadable(link);
  const { context } = link;
  if (context === undefined) return config;
  if (!config.getContextObject(context)) {
    const names = config.getContexts().map(({ name }) => `"${name}"`);
    throw new TowpathError('RUNTIME_FORBIDDEN', `the kubeconfig of the worker has no context "${context}"`, {
      hint: `it has ${names.join(', ') || 'none'}`,
    });
  }
  config.setCurrentContext(context);
  return config;
}

const unreadable = ({ kubeconfig, inCluster }: Link): TowpathError =>
  new TowpathError(
    'RUNTIME_FORBIDDEN',
    inCluster
      ? 'the worker does not run in a cluster'
      : `the worker cannot read the kubeconfig ${kubeconfig ?? 'of its environment'}`,
  );
