import { expect, test } from '@jest/globals';
import { isConclusive } from '../../src/activities/conclusive.js';
import type { ObservedPod } from '../../src/activities/ports.js';
import { jobOf, podOf } from './observed.js';

const running = jobOf({});
const complete = jobOf({ end: { succeeded: true } });
const failed = jobOf({ end: { succeeded: false } });
const at = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z`;
const pod = (uid: string, more: Partial<ObservedPod>): ObservedPod => ({ ...podOf({}, { ...more }), uid });
const going = pod('a', { phase: 'Running', createdAt: at(1) });
const succeeded = pod('a', { phase: 'Succeeded', createdAt: at(1) });
const broken = pod('a', { phase: 'Failed', createdAt: at(1) });
const evicted = pod('a', { phase: 'Failed', createdAt: at(1), disruption: 'EvictionByEvictionAPI' });
const next = pod('b', { phase: 'Running', createdAt: at(2) });

test.each<[string, Parameters<typeof isConclusive>, boolean]>([
  ['a Job that runs', [{ job: running, pods: [going] }, going], true],
  ['a Job whose pod is not there yet', [{ job: running, pods: [] }, undefined], true],
  ['a Job without the pod that was seen', [{ job: running, pods: [] }, going], false],
  ['a newer pod than the one that was seen', [{ job: running, pods: [next] }, going], true],
  ['an end with its pod', [{ job: complete, pods: [succeeded] }, going], true],
  ['a failure with its pod', [{ job: failed, pods: [broken] }, undefined], true],
  ['an end whose pod still runs', [{ job: complete, pods: [going] }, going], false],
  ['an end without a pod', [{ job: complete, pods: [] }, undefined], false],
  ['a success with a pod that failed: another one succeeded', [{ job: complete, pods: [broken] }, broken], false],
  ['a failure with a pod that succeeded', [{ job: failed, pods: [succeeded] }, undefined], false],
  [
    'a failure with a pod that was evicted: it may have been replaced',
    [{ job: failed, pods: [evicted] }, evicted],
    false,
  ],
])('%s', (_, [shown, last], conclusive) => {
  expect(isConclusive(shown, last)).toBe(conclusive);
});
