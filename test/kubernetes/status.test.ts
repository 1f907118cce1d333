import type { V1ContainerStatus, V1Job, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { observeJob, observePod } from '../../src/kubernetes/status.js';

const readAt = '2026-01-01T00:00:00.000Z';
const job = (conditions: object[]): V1Job => ({ status: { conditions: conditions as never } });
const pod = (status: object, spec: object = { containers: [{}] }): V1Pod => ({
  spec: spec as never,
  status: status as V1PodStatus,
});
const container = (name: string, state: object): V1ContainerStatus => ({ name, state }) as V1ContainerStatus;
const waits = (name: string, reason: string, message?: string): V1ContainerStatus =>
  container(name, { waiting: { reason, message } });

describe('a Job', () => {
  test.each<[string, object[], boolean | undefined]>([
    ['Complete', [{ type: 'Complete', status: 'True' }], true],
    ['Failed', [{ type: 'Failed', status: 'True' }], false],
    ['no condition', [], undefined],
    ['a condition that is not true', [{ type: 'Complete', status: 'False' }], undefined],
    ['SuccessCriteriaMet, which is on the way', [{ type: 'SuccessCriteriaMet', status: 'True' }], undefined],
    ['FailureTarget, which is on the way', [{ type: 'FailureTarget', status: 'True' }], undefined],
    ['Suspended', [{ type: 'Suspended', status: 'True' }], undefined],
  ])('with %s has ended: %s', (_, conditions, succeeded) => {
    expect(observeJob(job(conditions), readAt).end?.succeeded).toBe(succeeded);
  });

  test('is ended by no counter', () => {
    expect(observeJob({ status: { succeeded: 1, failed: 1 } }, readAt)).not.toHaveProperty('end');
  });

  test('is being deleted from its time of deletion on', () => {
    expect(observeJob({ metadata: { deletionTimestamp: new Date(readAt) } }, readAt).deleting).toBe(true);
  });
});

describe('a pod', () => {
  test.each<[string, object, string | undefined]>([
    [
      'unschedulable',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
      'Unschedulable: 0/1 nodes',
    ],
    ['without its image', { containerStatuses: [waits('main', 'ImagePullBackOff', 'no')] }, 'ImagePullBackOff: no'],
    [
      'with a bad config',
      { containerStatuses: [waits('main', 'CreateContainerConfigError')] },
      'CreateContainerConfigError: ',
    ],
    [
      'whose init container lacks its image',
      { initContainerStatuses: [waits('i', 'ErrImagePull', 'x')] },
      'ErrImagePull: x',
    ],
    [
      'without what a volume is made of, where a node says so',
      { containerStatuses: [waits('main', 'ContainerCreating', 'secret "keys" not found')] },
      'ContainerCreating: secret "keys" not found',
    ],
    [
      'on its way',
      { containerStatuses: [waits('main', 'ContainerCreating'), waits('b', 'PodInitializing')] },
      undefined,
    ],
  ])('%s waits for a reason: %s', (_, status, waiting) => {
    expect(observePod(pod(status), 'main').waiting).toBe(waiting);
  });

  test.each<[string, object, boolean, boolean | undefined]>([
    ['waits', { containerStatuses: [waits('main', 'ContainerCreating')] }, false, false],
    ['runs', { containerStatuses: [container('main', { running: {} })] }, true, true],
    ['has ended', { containerStatuses: [container('main', { terminated: { exitCode: 0 } })] }, true, true],
    ['runs an init container', { initContainerStatuses: [container('i', { running: {} })] }, true, undefined],
    ['is new', {}, false, undefined],
  ])('that %s has begun: %s, its program started: %s', (_, status, begun, started) => {
    const seen = observePod(pod(status), 'main');
    expect([seen.begun, seen.main?.started]).toEqual([begun, started]);
  });

  test('is told by its main container, and by the first other one that failed', () => {
    const ended = (exitCode: number): object => ({ terminated: { exitCode, reason: 'Error' } });
    const status = {
      phase: 'Failed',
      initContainerStatuses: [container('init', ended(0))],
      containerStatuses: [container('side', ended(2)), container('main', ended(7)), container('other', ended(3))],
    };
    expect(observePod(pod(status), 'main')).toMatchObject({
      phase: 'Failed',
      main: { exitCode: 7 },
      failed: { container: 'side', exitCode: 2, reason: 'Error' },
    });
  });

  test('is disrupted when a condition says so', () => {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'more important',
    };
    const seen = observePod(pod({ conditions: [condition] }), 'main');
    expect(seen.disruption).toBe('PreemptionByScheduler: more important');
    expect(observePod(pod({ conditions: [{ ...condition, status: 'False' }] }), 'main')).not.toHaveProperty(
      'disruption',
    );
  });

  test.each([
    [1, 0, 4096],
    [3, 0, 4096],
    [2, 2, 3072],
    [8, 0, 1536],
  ])('with %i containers and %i before them cuts its messages at %i bytes', (containers, init, limit) => {
    const many = (count: number): object[] => Array.from({ length: count }, () => ({}));
    const spec = { containers: many(containers), initContainers: many(init) };
    const status = { containerStatuses: [container('main', { running: {} })] };
    expect(observePod(pod(status, spec), 'main').main?.messageLimit).toBe(limit);
  });
});
