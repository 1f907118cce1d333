import type { V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';
import type { MainContainer, ObservedJob, ObservedPod } from '../activities/ports.js';
import { given } from '../release/given.js';
import { secretRefs } from './secret-refs.js';

/** A Job as the rules of a run need it. Only condition Complete or Failed with status True is an end. */
export function observeJob(job: V1Job, readAt: string): ObservedJob {
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
    createdAt: iso(metadata?.creationTimestamp) ?? readAt,
    startedAt: iso(status?.startTime),
    end:
      ending &&
      given({
        succeeded: ending.type === 'Complete',
        reason: ending.reason,
        message: ending.message,
        at: iso(ending.lastTransitionTime),
      }),
    readAt,
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
    phase: phases.find((phase) => phase === status?.phase) ?? 'Pending',
    deleting: metadata?.deletionTimestamp !== undefined,
    endsBy: iso(metadata?.deletionTimestamp),
    createdAt: iso(metadata?.creationTimestamp) ?? '',
    reason: status?.reason,
    disruption: disruption && [disruption.reason, disruption.message].filter(Boolean).join(': ').slice(0, 500),
    begun: all(pod).some(({ state }) => state?.running !== undefined || state?.terminated !== undefined),
    waiting: waitingFor(pod),
    main: main && observeMain(main, messageLimit(pod)),
    failed: failedOther(pod, mainContainer),
    secrets: orNone(pod.spec ? secretRefs(pod.spec) : []),
  });
}

const orNone = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/** 4,096 bytes a container, and 12 KiB a pod: all containers share them. */
const messageLimit = ({ spec }: V1Pod): number =>
  Math.min(4096, Math.floor(12_288 / ((spec?.containers.length ?? 1) + (spec?.initContainers?.length ?? 0))));

function observeMain(main: V1ContainerStatus, limit: number): MainContainer {
  const ended = main.state?.terminated;
  return given({
    started: main.state?.running !== undefined || ended !== undefined,
    exitCode: ended?.exitCode,
    reason: ended?.reason,
    message: ended?.message,
    messageLimit: limit,
    imageId: main.imageID || undefined,
    startedAt: iso(ended?.startedAt ?? main.state?.running?.startedAt),
    endedAt: iso(ended?.finishedAt),
  });
}

/** In the order in which they start. */
const all = ({ status }: V1Pod): V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

function failedOther(pod: V1Pod, mainContainer: string): ObservedPod['failed'] {
  const failed = all(pod).find(({ name, state }) => name !== mainContainer && (state?.terminated?.exitCode ?? 0) !== 0);
  const ended = failed?.state?.terminated;
  return failed && ended && given({ container: failed.name, exitCode: ended.exitCode, reason: ended.reason });
}

/** Harmless on the way to a start, as long as nothing is said of it. */
const ordinary = ['ContainerCreating', 'PodInitializing'];

/** Why a pod does not start, in Kubernetes' words. */
function waitingFor(pod: V1Pod): string | undefined {
  const unscheduled = pod.status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unscheduled) return `${unscheduled.reason ?? 'Unschedulable'}: ${unscheduled.message ?? ''}`.slice(0, 500);
  const stuck = all(pod)
    .map((container) => container.state?.waiting)
    .find((waiting) => waiting?.reason && (waiting.message || !ordinary.includes(waiting.reason)));
  return stuck && `${stuck.reason}: ${stuck.message ?? ''}`.slice(0, 500);
}

const iso = (time: Date | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
