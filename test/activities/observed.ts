import type { MainContainer, ObservedJob, ObservedPod } from '../../src/activities/ports.js';

export const jobOf = (more: Partial<ObservedJob> = {}): ObservedJob => ({
  name: 'j',
  namespace: 'n',
  uid: 'u',
  resourceVersion: '1',
  labels: {},
  annotations: {},
  deleting: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:01.000Z',
  readAt: '2026-01-01T00:10:00.000Z',
  ...more,
});

export const podOf = (main?: Partial<MainContainer>, more: Partial<ObservedPod> = {}): ObservedPod => ({
  name: 'j-pod',
  uid: 'p',
  phase: 'Failed',
  deleting: false,
  createdAt: '2026-01-01T00:00:01.000Z',
  begun: main !== undefined,
  ...(main ? { main: { started: true, messageLimit: 4096, ...main } } : {}),
  ...more,
});
