import type { StepOf } from '../release/steps.js';

/** Labels and annotations of what we create (docs/spec.md §7.2). */
export const managedBy = 'app.kubernetes.io/managed-by';
export const ours = 'towpath';

export const label = {
  installation: 'towpath.dev/installation',
  application: 'towpath.dev/application',
  service: 'towpath.dev/service',
  channel: 'towpath.dev/release-channel',
  runtime: 'towpath.dev/runtime',
  release: 'towpath.dev/release',
  run: 'towpath.dev/run',
  command: 'towpath.dev/command',
  tombstone: 'towpath.dev/tombstone',
} as const;

export const annotation = {
  specHash: 'towpath.dev/spec-hash',
  serviceVersion: 'towpath.dev/service-version',
  workflowId: 'towpath.dev/workflow-id',
} as const;

/** What the Jobs of one service in one channel have in common. */
export const instanceLabels = (of: Pick<StepOf, 'application' | 'service' | 'channel'>): Record<string, string> => ({
  [label.application]: of.application,
  [label.service]: of.service,
  [label.channel]: of.channel,
});
