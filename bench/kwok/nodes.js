import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

const count = 10;
const labelSelector = 'type=kwok';

function coreOf(kubeconfig) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config.makeApiClient(CoreV1Api);
}

/** Nodes that only exist in the API server. kwok sees to them by their label. */
export async function createNodes(kubeconfig) {
  const core = coreOf(kubeconfig);
  for (let i = 0; i < count; i += 1)
    await core.createNode({ body: { metadata: { name: `simulated-${i}`, labels: { type: 'kwok' } } } });
}

export async function nodesAreReady(kubeconfig) {
  const { items } = await coreOf(kubeconfig).listNode({ labelSelector });
  const isReady = ({ status }) => status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
  return items.length === count && items.every(isReady);
}
