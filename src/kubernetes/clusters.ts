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

/** Opens a linked cluster with the credentials of this worker; throws RUNTIME_FORBIDDEN when they cannot be read. */
export function openCluster(link: Link): JobGateway {
  const config = new KubeConfig();
  try {
    if (link.inCluster) config.loadFromCluster();
    else if (link.kubeconfig !== undefined) config.loadFromFile(link.kubeconfig);
    else config.loadFromDefault();
  } catch {
    throw new TowpathError(
      'RUNTIME_FORBIDDEN',
      `the worker cannot read the kubeconfig ${link.kubeconfig ?? 'of its environment'}`,
    );
  }
  if (link.context !== undefined) {
    if (!config.getContextObject(link.context))
      throw new TowpathError('RUNTIME_FORBIDDEN', `the worker's kubeconfig has no context "${link.context}"`, {
        hint: `it has ${
          config
            .getContexts()
            .map((context) => `"${context.name}"`)
            .join(', ') || 'none'
        }`,
      });
    config.setCurrentContext(link.context);
  }
  return createGateway(createApi(config));
}
