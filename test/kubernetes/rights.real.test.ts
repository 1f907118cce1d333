import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CoreV1Api, KubeConfig, loadYaml, RbacAuthorizationV1Api, type V1ClusterRole } from '@kubernetes/client-node';
import { clusterRights, clusterRole, rightText } from '../../src/config/cluster-rights.js';
import type { JobGateway } from '../../src/activities/ports.js';
import { createApi } from '../../src/kubernetes/api.js';
import { createGateway } from '../../src/kubernetes/gateway.js';
import { until } from '../real/until.js';
import { fromSetUp } from './real-cluster.js';

const name = `rights-${randomUUID().slice(0, 8)}`;
const admin = new KubeConfig();
let core: CoreV1Api;
let rbac: RbacAuthorizationV1Api;
let gateway: JobGateway;
beforeAll(async () => {
  admin.loadFromFile(fromSetUp('TEST_KUBECONFIG'));
  [core, rbac] = [admin.makeApiClient(CoreV1Api), admin.makeApiClient(RbacAuthorizationV1Api)];
  await core.createNamespace({ body: { metadata: { name } } });
  await core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name } } });
  const body = { spec: { audiences: [] } };
  const { status } = await core.createNamespacedServiceAccountToken({ namespace: name, name, body });
  const config = new KubeConfig();
  config.loadFromClusterAndUser(admin.getCurrentCluster()!, { name, token: status?.token ?? '' });
  gateway = createGateway(createApi(() => config));
});
afterAll(async () => {
  await rbac.deleteClusterRoleBinding({ name }).catch(() => undefined);
  await rbac.deleteClusterRole({ name }).catch(() => undefined);
  await core.deleteNamespace({ name });
});

test('a user without rights lacks them all, and has them with the role that is shown', async () => {
  expect(await gateway.missingRights()).toEqual(clusterRights.map(rightText));
  const { rules = [] } = loadYaml<Pick<V1ClusterRole, 'rules'>>(clusterRole());
  await rbac.createClusterRole({ body: { rules, metadata: { name } } });
  const subjects = [{ kind: 'ServiceAccount', name, namespace: name }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await rbac.createClusterRoleBinding({ body: { metadata: { name }, roleRef, subjects } });
  // The authorizer of the API server learns of a role a moment later.
  await until('no right is missing', async () => (await gateway.missingRights()).length === 0);
});

test('one right that was taken is named', async () => {
  const { rules = [] } = loadYaml<Pick<V1ClusterRole, 'rules'>>(clusterRole().replace('patch, delete', 'patch'));
  await rbac.replaceClusterRole({ name, body: { rules, metadata: { name } } });
  const missing = await until('a right is missing', async () => {
    const all = await gateway.missingRights();
    return all.length > 0 ? all : undefined;
  });
  expect(missing).toEqual(['delete jobs.batch']);
});

test('a Secret that the user may not read is refused, and says nothing of what it holds', async () => {
  const { rules = [] } = loadYaml<Pick<V1ClusterRole, 'rules'>>(clusterRole());
  const without = rules.filter(({ resources = [] }) => !resources.includes('secrets'));
  await rbac.replaceClusterRole({ name, body: { rules: without, metadata: { name } } });
  await until('the right is gone', async () => (await gateway.missingRights()).includes('get secrets'));
  const canary = 'canary-of-a-secret';
  await core.createNamespacedSecret({ namespace: name, body: { metadata: { name }, stringData: { canary } } });
  const refused = await gateway.readSecret(name, name).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  expect(String(refused)).not.toContain(canary);
});
