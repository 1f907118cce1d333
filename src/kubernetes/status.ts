import type { V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';
import type { ObservedJob, ObservedPod } from '../activities/ports.js';
import { given } from '../release/given.js';

/** A Job as the rules of a run need it. Only condition Complete or Failed with status True is an end. */
export function observeJob(job: V1Job): ObservedJob {
  const { metadata, status } = job;
  const ending = status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
  return given({
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    deleting: metadata?.deletionTimestamp !== undefined,
    startedAt: iso(status?.startTime),
    end:
      ending &&
      given({
        succeeded: ending.type === 'Complete',
        reason: ending.reason,
        message: ending.message,
        at: iso(ending.lastTransitionTime),
      }),
  });
}

/** A pod, and of its containers the one that counts. */
export function observePod(pod: V1Pod, mainContainer: string): ObservedPod {
  const { metadata, status } = pod;
  const main = status?.containerStatuses?.find((container) => container.name === mainContainer);
  const disruption = status?.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  return given({
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    phase: (status?.phase ?? 'Pending') as ObservedPod['phase'],
    deleting: metadata?.deletionTimestamp !== undefined,
    reason: status?.reason,
    disruption: disruption && [disruption.reason, disruption.message].filter(Boolean).join(': '),
    waiting: waitingFor(pod),
    createdAt: iso(metadata?.creationTimestamp),
    main: main && observeMain(main),
  });
}

function observeMain(main: V1ContainerStatus): ObservedPod['main'] {
  const ended = main.state?.terminated;
  return given({
    started: main.state?.running !== undefined || ended !== undefined,
    exitCode: ended?.exitCode,
    reason: ended?.reason,
    message: ended?.message,
    imageId: main.imageID || undefined,
    startedAt: iso(ended?.startedAt ?? main.state?.running?.startedAt),
    endedAt: iso(ended?.finishedAt),
  });
}

/** Harmless on the way to a start. */
const ordinary = ['ContainerCreating', 'PodInitializing'];

/** Why a pod does not start, in Kubernetes' words. */
function waitingFor({ status }: V1Pod): string | undefined {
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unscheduled) return `${unscheduled.reason ?? 'Unschedulable'}: ${unscheduled.message ?? ''}`.slice(0, 500);
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const stuck = containers
    .map((container) => container.state?.waiting)
    .find((waiting) => waiting?.reason && !ordinary.includes(waiting.reason));
  return stuck && `${stuck.reason}: ${stuck.message ?? ''}`.slice(0, 500);
}

const iso = (time: Date | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
