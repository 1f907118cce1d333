import { describe, expect, test } from '@jest/globals';
import { documentsOf, inputOf, planOf, setUp } from '../planning.js';

const program = 'taskConfig: {program: {image: a}}';
const [minute, hour] = [60_000, 3_600_000];

function applyOf(apply: string, service = ''): object {
  const plan = planOf(inputOf(documentsOf(setUp({ apply: `${program}, ${apply}`, service }))));
  const {
    job: _job,
    timeoutMs: _timeoutMs,
    ttlMs: _ttlMs,
    pullSecrets: _pullSecrets,
    ...policy
  } = plan.channels[0]?.apply ?? {};
  return policy;
}

function specOf(apply: string): Record<string, unknown> {
  const plan = planOf(inputOf(documentsOf(setUp({ apply: `${program}, ${apply}` }))));
  const [job] = Object.values(plan.jobs);
  return job?.manifest['spec'] as Record<string, unknown>;
}

describe('the policy of a run', () => {
  const codes = 'retryableExitCodes: [75]';
  const retry = { exitCodes: [75], baseMs: 10 * minute, maxMs: 10 * minute };
  const deadline = { progressDeadlineMs: 2 * hour };

  test.each<[string, string, object]>([
    ['is empty without one', 'timeout: 5m', {}],
    ['without exit codes is no policy', 'retryPolicy: {baseInterval: 1s}', {}],
    ['has the grace period as its pause', codes, { retry, ...deadline }],
    [
      'takes both bounds and the attempts',
      `${codes}, retryPolicy: {baseInterval: 20s, maxInterval: 5m, maxAttempts: 4}`,
      { retry: { exitCodes: [75], baseMs: 20_000, maxMs: 5 * minute, attempts: 4 }, ...deadline },
    ],
    [
      'grows up to the usual pause from a shorter one',
      `${codes}, retryPolicy: {baseInterval: 20s}`,
      { retry: { ...retry, baseMs: 20_000 }, ...deadline },
    ],
    [
      'has one pause when the shortest is longer than usual',
      `${codes}, retryPolicy: {baseInterval: 20m}`,
      { retry: { exitCodes: [75], baseMs: 20 * minute, maxMs: 20 * minute }, ...deadline },
    ],
    [
      'begins with the longest pause when that is shorter than usual',
      `${codes}, retryPolicy: {maxInterval: 30s}`,
      { retry: { exitCodes: [75], baseMs: 30_000, maxMs: 30_000 }, ...deadline },
    ],
    ['knows no end with 0 attempts', `${codes}, retryPolicy: {maxAttempts: 0}`, { retry, ...deadline }],
    ['has a longer deadline for a long command', `${codes}, timeout: 3h`, { retry, progressDeadlineMs: 6 * hour }],
    ['may start again', 'idempotent: true', { idempotent: true, ...deadline }],
    ['has a limit', 'maxConcurrency: 2', { maxConcurrency: 2 }],
  ])('%s', (_, apply, policy) => {
    expect(applyOf(apply)).toEqual(policy);
  });

  test('has the deadline of the service', () => {
    expect(applyOf(codes, 'progressDeadline: 45m')).toEqual({ retry, progressDeadlineMs: 45 * minute });
  });
});

test('only a program that may start twice is replaced by the cluster, within its run', () => {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
  expect(specOf('idempotent: true')['podFailurePolicy']).toEqual({ rules });
  expect(specOf('idempotent: false')).not.toHaveProperty('podFailurePolicy');
});
