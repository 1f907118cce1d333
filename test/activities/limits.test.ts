import { expect, test } from '@jest/globals';
import { durationText, isStuck, overdue } from '../../src/activities/limits.js';
import { jobOf, podOf } from './observed.js';

const at = (minutes: number, seconds = 0): string => new Date(Date.UTC(2026, 0, 1, 0, minutes, seconds)).toISOString();
const minute = 60_000;
const running = podOf({}, { phase: 'Running', begun: true });
const waits = podOf(undefined, { phase: 'Pending', waiting: 'ImagePullBackOff: no' });

test.each<[string, Parameters<typeof overdue>, ReturnType<typeof overdue>]>([
  [
    'a program that runs has until its time-out, from the start of the Job',
    [
      jobOf({ startedAt: at(0), readAt: at(10) }),
      running,
      { timeoutMs: 60 * minute, startTimeoutMs: minute, stuckSince: at(0) },
    ],
    { inMs: 50 * minute + 1000 },
  ],
  [
    'the time-out is over only when the seconds of both clocks agree',
    [
      jobOf({ startedAt: at(0), readAt: at(10) }),
      running,
      { timeoutMs: 10 * minute, startTimeoutMs: minute, stuckSince: at(0) },
    ],
    { inMs: 1000 },
  ],
  [
    'a program over its time has timed out',
    [
      jobOf({ startedAt: at(0), readAt: at(10, 1) }),
      running,
      { timeoutMs: 10 * minute, startTimeoutMs: minute, stuckSince: at(0) },
    ],
    { code: 'JOB_TIMED_OUT', sentence: 'the Job did not finish within 10m' },
  ],
  [
    'a program that has ended beside another container is told from one that has not',
    [
      jobOf({ startedAt: at(0), readAt: at(11) }),
      podOf({ exitCode: 0 }, { phase: 'Running' }),
      { timeoutMs: 10 * minute, startTimeoutMs: minute, stuckSince: at(0) },
    ],
    {
      code: 'JOB_TIMED_OUT',
      sentence: 'the Job did not finish within 10m; its program had, but another container still runs',
    },
  ],
  [
    'what waits has the shorter of both',
    [
      jobOf({ startedAt: at(0), readAt: at(1) }),
      waits,
      { timeoutMs: 60 * minute, startTimeoutMs: 10 * minute, stuckSince: at(0) },
    ],
    { inMs: 9 * minute + 1000 },
  ],
  [
    'what waits too long does not start',
    [
      jobOf({ startedAt: at(0), readAt: at(10, 1) }),
      waits,
      { timeoutMs: 60 * minute, startTimeoutMs: 10 * minute, stuckSince: at(0) },
    ],
    { code: 'JOB_NOT_STARTING', sentence: 'the Job did not start within 10m' },
  ],
  [
    'a Job that has no start yet counts from its creation',
    [
      { ...jobOf({ createdAt: at(0), readAt: at(20) }), startedAt: undefined } as never,
      undefined,
      { timeoutMs: 10 * minute, startTimeoutMs: 60 * minute, stuckSince: at(0) },
    ],
    { code: 'JOB_TIMED_OUT', sentence: 'the Job did not finish within 10m' },
  ],
  [
    'nothing is asked about too soon',
    [
      jobOf({ startedAt: at(0), readAt: at(10) }),
      running,
      { timeoutMs: 10 * minute - 999, startTimeoutMs: minute, stuckSince: at(0) },
    ],
    { inMs: 250 },
  ],
])('%s', (_, [job, pod, limits], verdict) => {
  expect(overdue(job, pod, limits)).toEqual(verdict);
});

test.each([
  ['no pod', undefined, true],
  ['a pod that waits', waits, true],
  ['a pod whose init container runs', podOf(undefined, { begun: true }), false],
  [
    'a pod whose image fails after its init container',
    podOf(undefined, { begun: true, waiting: 'ErrImagePull: no' }),
    true,
  ],
  ['a program that runs', running, false],
])('%s is stuck: %s', (_, pod, stuck) => {
  expect(isStuck(pod)).toBe(stuck);
});

test.each([
  [3_600_000, '1h'],
  [5_400_000, '1h30m'],
  [90_000, '1m30s'],
  [45_000, '45s'],
  [200, '200ms'],
  [86_400_000, '24h'],
])('%i ms are written %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
