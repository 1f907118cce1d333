import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { image, openInstallation, over, type Installation } from './installation.js';

interface Stuck {
  program?: object;
  task?: object;
  namespace?: string;
  said: RegExp;
}

/** A service each, whose Job does not start. */
const stuck: Record<string, Stuck> = {
  image: {
    program: { image: 'registry.test/none:1' },
    said: /^ImagePullBackOff: Back-off pulling image "registry\.test\/none:1"/,
  },
  secret: {
    program: { env: { KEY: { kubernetesSecret: { secretName: 'none', key: 'k' } } } },
    said: /^CreateContainerConfigError: .*secrets "none" not found/,
  },
  volume: {
    task: { volumes: [{ name: 'keys', source: { secret: { secretName: 'none' } }, mount: { mountPath: '/keys' } }] },
    said: /volume "keys": secrets "none" not found/,
  },
  account: { task: { k8s: { serviceAccount: 'none' } }, said: /^FailedCreate: .*serviceaccount "none" not found/ },
  memory: {
    program: { resources: { requests: { memory: '100Ti' } } },
    said: /^Unschedulable: .*Insufficient memory/,
  },
  // Nothing counts in the embedded cluster: the test itself says in the quota's status that it is used up.
  room: { namespace: 'stuck-quota', said: /^FailedCreate: .*exceeded quota: full/ },
};
const services = Object.keys(stuck);

const names = (service: string) => ({ app: `stuck-${service}`, id: `stuck-${service}/${service}/1` });

function documents(service: string, { program = {}, task = {}, namespace }: Stuck): string {
  const { app } = names(service);
  const own = { image, entrypoint: ['sh', '-c'], cmd: ['echo started'], ...program };
  const k8s = namespace === undefined ? {} : { containerOrchestration: { k8s: { namespace } } };
  const proxyRuntime = { runtime: 'stuck-ops', ...k8s };
  const all = [
    { runtime: { name: `${app}-vm`, extension: { proxyRuntime, apply: { taskConfig: { program: own, ...task } } } } },
    {
      application: {
        name: app,
        releaseChannels: [{ name: 'staging', runtimes: [{ runtime: `${app}-vm`, type: 'EXTENSION' }] }],
      },
    },
    { service: { name: service, application: app, runtimeExtension: {} } },
  ];
  return all.map((document) => `---\n${JSON.stringify(document)}\n`).join('');
}

let here: Installation;
async function apply(text: string): Promise<void> {
  const file = path.join(here.folder, 'stuck.pvn.yaml');
  const kubeconfig = process.env['TEST_KUBECONFIG'] ?? '';
  writeFileSync(file, `runtime: {name: stuck-ops, kubernetes: {kubeconfig: ${kubeconfig}}}\n${text}`);
  const { code, stderr } = await here.towpath('configs', 'apply', file, '--yes');
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  here = await openInstallation('stuck', { TOWPATH_START_TIMEOUT: '75s' });
  const { core } = here;
  const [namespace, hard] = ['stuck-quota', { pods: '0' }];
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedResourceQuota({ namespace, body: { metadata: { name: 'full' }, spec: { hard } } });
  const body = { status: { hard, used: { pods: '0' } } };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  await core.patchNamespacedResourceQuotaStatus({ namespace, name: 'full', body }, merge);
  await apply(
    Object.entries(stuck)
      .map(([service, of]) => documents(service, of))
      .join(''),
  );
  for (const service of services) await here.towpath('releases', 'start', `stuck-${service}/${service}`);
}, 180_000);
afterAll(async () => {
  await here?.core.deleteNamespace({ name: 'stuck-quota' });
  await here?.close();
});

const first = (view: ReleaseView) => view.channels[0]?.explanations[0];

test('Temporal shows why a Job does not start, in what the step that waits has said last', async () => {
  const { id } = names('image');
  const told = await until(
    'the heartbeat says so',
    async () => {
      const { stdout } = await here.temporal('workflow', 'describe', '-w', `release/${id}`, '--output', 'json');
      const { pendingActivities } = JSON.parse(stdout) as { pendingActivities?: { heartbeatDetails?: unknown }[] };
      const details = JSON.stringify(pendingActivities?.[0]?.heartbeatDetails ?? null);
      return details.includes('ImagePullBackOff') ? details : undefined;
    },
    { everyMs: 500 },
  );
  expect(told).toContain('"phase":"waiting"');
});

test.each(services)('a Job whose %s cannot be had shows why while it waits', async (service) => {
  const { id } = names(service);
  const said = (stuck[service] as Stuck).said;
  const view = await here.see(id, `it says ${said}`, (seen) => said.test(first(seen)?.message ?? ''));
  expect([view.status, first(view)?.code]).toEqual(['CONVERGING', 'JOB_NOT_STARTING']);
  const text = (await here.towpath('releases', 'get', id)).stdout;
  expect(text).toMatch(/JOB_NOT_STARTING \(/);
  const list = (await here.towpath('releases', 'list', id.replace(/\/1$/, ''))).stdout;
  expect(list).toContain('staging CONVERGING (JOB_NOT_STARTING)');
});

test.each(services)('a Job whose %s cannot be had ends after the start time-out, and is deleted', async (service) => {
  const { id } = names(service);
  const view = await here.see(id, 'it is over', over);
  expect(view.status).toBe('FAILED');
  expect(first(view)).toMatchObject({ code: 'JOB_NOT_STARTING' });
  expect(first(view)?.message).toMatch(/^the Job did not start within 1m15s: /);
  expect(first(view)?.message.replace(/^.*?15s: /, '')).toMatch((stuck[service] as Stuck).said);
  const selector = { labelSelector: `towpath.dev/service=${service},towpath.dev/application=stuck-${service}` };
  expect((await here.core.listPodForAllNamespaces(selector)).items).toEqual([]);
});

test('its turn is free: the next release goes on with what was mended', async () => {
  await apply(documents('image', { said: /never/ }));
  const { id } = await here.json<{ id: string }>('releases', 'start', 'stuck-image/image');
  const view = await here.see(id, 'it is over', over);
  expect([view.status, view.channels[0]?.runs.map(({ run }) => run)]).toEqual(['CONVERGED', [2]]);
  expect((await here.towpath('releases', 'logs', id)).stdout).toBe('started\n');
});
