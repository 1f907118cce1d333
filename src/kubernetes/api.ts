import {
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  ServerConfiguration,
  type KubeConfig,
} from '@kubernetes/client-node';
import { TowpathError } from '../release/towpath-error.js';

/** A question that takes longer has no answer: the caller reads again. */
const requestTimeoutMs = 15_000;

export interface Api {
  config: KubeConfig;
  batch: BatchV1Api;
  core: CoreV1Api;
}

/** Clients whose every request has a time-out: the generated methods take no signal of their own. */
export function createApi(config: KubeConfig): Api {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new TowpathError('RUNTIME_FORBIDDEN', 'the kubeconfig has no current cluster');
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: (context) => {
          context.setSignal(AbortSignal.timeout(requestTimeoutMs));
          return Promise.resolve(context);
        },
        post: (response) => Promise.resolve(response),
      },
    ],
  });
  return { config, batch: new BatchV1Api(configuration), core: new CoreV1Api(configuration) };
}
