import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { EndRunAnswer, EndRunInput, RunRef } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import { newest } from './await-run.js';
import { heartbeating, orCancelled } from './clock.js';
import { explainEnd } from './job-end.js';
import { drain, startPump } from './log-pump.js';
import type { Gateways, JobGateway, Manifests, ObservedJob, RunStore } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
}

interface Ending {
  store: RunStore;
  gateway: JobGateway;
  manifests: Manifests;
  installation: string;
  ref: RunRef;
}

/**
 * Ends a run for good: closes its key, stores its log, deletes its Job and waits until Job and pods are gone, then leaves
 * a tombstone, so that a create still in flight gets 409. Safe to repeat at every step (docs/architecture.md, turn and run).
 */
export const createEndRun = ({ store, gateways, manifests }: Dependencies) =>
  async function endRun(input: EndRunInput): Promise<EndRunAnswer> {
    const closed = await store.closeRun(input.key);
    if (closed.ended || closed.run === undefined) return closed;
    const { run } = closed;
    const installation = await store.installationId();
    const name = manifests.jobName(input.key, { prefix: input.prefix, run, installation });
    const { key, cluster, namespace, mainContainer } = input;
    const unseen: RunRef = { key, run, cluster, namespace, name, uid: '', mainContainer, specHash: '', allottedAt: '' };
    const ending: Ending = { store, gateway: gateways(cluster), manifests, installation, ref: input.ref ?? unseen };
    return heartbeating(
      () => ({ run, ending: name }),
      () => untilGone(ending, run),
    );
  };

async function untilGone(ending: Ending, run: number): Promise<EndRunAnswer> {
  const { gateway, manifests, installation, ref } = ending;
  for (;;) {
    const job = await orCancelled(gateway.readJob(ref.namespace, ref.name));
    if (!job) {
      if (await buried(ending)) return { run };
      continue;
    }
    if (manifests.isTombstone(job) || !manifests.isOurs(job, { key: ref.key, run, installation })) return { run };
    const of = { ...ending, ref: { ...ref, uid: job.uid } };
    if (job.end && !job.deleting) return { run, ended: await ended(of, job) };
    await orCancelled(remove(of, job));
  }
}

/** True once no create of this run can succeed any more. */
async function buried({ gateway, manifests, installation, ref }: Ending): Promise<boolean> {
  try {
    return (await gateway.createJob(ref.namespace, manifests.tombstone(ref.name, installation))) !== 'exists';
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'NAMESPACE_MISSING') return true;
    throw error;
  }
}

async function ended(of: Ending, job: ObservedJob): Promise<NonNullable<EndRunAnswer['ended']>> {
  const pod = newest(await of.gateway.listPods(job.namespace, job.uid, of.ref.mainContainer));
  const log = await drain(of, pod?.name, Context.current().cancellationSignal);
  const { code, end } = explainEnd(job, pod, log);
  return { code, end };
}

/** The log is stored first, and on through the pod's grace period; then Job and pods are waited for. */
async function remove(of: Ending, job: ObservedJob): Promise<void> {
  const { gateway, ref } = of;
  const pod = newest(await gateway.listPods(ref.namespace, job.uid, ref.mainContainer));
  const running = pod?.main?.started === true ? pod : undefined;
  if (running) await drain(of, running.name, Context.current().cancellationSignal);
  const pump = running && startPump(of, running.name);
  try {
    await gateway.deleteJob(ref.namespace, ref.name, job.uid);
    while (await anythingLeft(of, job.uid)) {
      await delay(200);
      Context.current().cancellationSignal.throwIfAborted();
    }
  } finally {
    await pump?.stop();
  }
}

/** Pods that outlive their Job are deleted too. */
async function anythingLeft({ gateway, ref }: Ending, uid: string): Promise<boolean> {
  const job = await gateway.readJob(ref.namespace, ref.name);
  const pods = await gateway.listPods(ref.namespace, uid, ref.mainContainer);
  if (job?.uid === uid) return true;
  for (const pod of pods) await gateway.deletePod(ref.namespace, pod.name, pod.uid);
  return pods.length > 0;
}
