import type { ChannelPlan, GatePlan, ReleasePlan } from '../../src/release/plan.js';
import { previewChannels } from '../../src/release/preview.js';
import type { PlanAnswer } from '../../src/server/api.js';

/** A channel plan of the basic form: one apply Job on cluster `ops`. */
export const channelPlan = (name: string, gates: GatePlan[] = []): ChannelPlan => ({
  name,
  gates,
  runtime: 'vm',
  cluster: 'ops',
  namespace: { name: 'pvn-proxy-runtime-vm', managed: true },
  supersede: 'latestWins',
  apply: { job: 'digest-of-the-job', timeoutMs: 3_600_000, ttlMs: 3_600_000, pullSecrets: [] },
  parameters: [],
});

/** staging, then production behind both gates, unless other channels are given. */
export const releasePlan = (channels: ChannelPlan[] = stagingThenProduction()): ReleasePlan => ({
  application: 'my-app',
  service: 'my-service',
  version: { number: 4, name: 'v4' },
  digest: 'digest-of-the-release',
  pinned: {},
  channels,
  jobs: {
    'digest-of-the-job': {
      prefix: 'my-service-staging-apply',
      mainContainer: 'main',
      manifest: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'main',
                  image: 'registry.example/my-repository:my-tag',
                  args: ['apply-changes', '--my-change-id=42'],
                  env: [{ name: 'PVN_SERVICE', value: 'my-service' }],
                },
              ],
            },
          },
        },
      },
    },
  },
  warnings: [],
});

export const stagingThenProduction = (): ChannelPlan[] => [
  channelPlan('staging'),
  channelPlan('production', [
    { kind: 'stable', channel: 'staging' },
    { kind: 'approval', name: 'approval' },
  ]),
];

/** What the server answers to `releases plan`. */
export const planAnswer = (more: Partial<PlanAnswer> = {}): PlanAnswer => {
  const plan = more.plan ?? releasePlan();
  return { plan, unchanged: false, channels: previewChannels(plan), changes: { channels: [] }, ...more };
};
