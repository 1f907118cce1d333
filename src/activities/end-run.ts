import { Context, log } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { EndRunAnswer, EndRunInput } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import { heartbeating, orCancelled, type Clock } from './clock.js';
import { drain } from './drain.js';
import { describeEnd, explainEnd } from './job-end.js';
import { hasEnded } from './limits.js';
import type { Source } from './log-copy.js';
import { isOver, look, newest, versionsOf } from './look.js';
import type { Gateways, Manifests, ObservedJob, ObservedPods, RunStore } from './ports.js';
import { remove, type Removed } from './removal.js';
import { telling } from './run-progress.js';
import { Secrets } from './secrets.js';
import { drainAll } from './whole-log.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
  clock: Clock;
}

interface Ending extends Source {
  manifests: Manifests;
  installation: string;
  name: string;
  /** Known when `beginRun` answered. */
  uid: string | undefined;
  specHash: string | undefined;
}

/** How long the Job's condition may follow the end of its pod. */
const conditionMs = 30_000;
/** Longer than a create can be under way. */
const createMs = 30_000;
const rereadMs = 1000;
const pauseMs = 500;

/**
 * Ends a run for good: closes its key, stores its log, deletes its Job and waits until Job and pods are gone, then leaves
 * a tombstone, so that a create still in flight gets 409. Safe to repeat at every step (docs/architecture.md, turn and run).
 */
export const createEndRun = ({ store, gateways, manifests, clock }: Dependencies) =>
  async function endRun(input: EndRunInput): Promise<EndRunAnswer> {
    const closed = await store.closeRun(input.key);
    const { run } = closed;
    if (closed.ended || run === undefined) return closed;
    const installation = await store.installationId();
    const { key, namespace, mainContainer, prefix, ref } = input;
    const name = manifests.jobName(key, { prefix, run, installation });
    const gateway = gateways(input.cluster);
    const ending: Ending = {
      store,
      gateway,
      clock,
      manifests,
      key,
      namespace,
      mainContainer,
      secrets: new Secrets(gateway, namespace),
      installation,
      run,
      name,
      uid: ref?.uid,
      specHash: ref?.specHash,
    };
    return heartbeating(
      clock,
      () => ({ run, ending: name }),
      () => telling(store, key, () => untilGone(ending)),
    );
  };

async function untilGone(ending: Ending): Promise<EndRunAnswer> {
  const { run, clock } = ending;
  for (;;) {
    const round = await endOnce(ending);
    if (round !== 'again') return { run, ...round };
    await clock.sleep(pauseMs, Context.current().cancellationSignal);
  }
}

/** `again` when a create of this run was faster than the tombstone. */
async function endOnce(ending: Ending): Promise<Omit<EndRunAnswer, 'run'> | 'again'> {
  const { gateway, namespace, name } = ending;
  const found = await orCancelled(() => gateway.readJob(namespace, name));
  let seen: EndRunAnswer['end'];
  if (found && isMine(ending, found)) {
    const ended = await endedByItself(ending, found);
    if (ended) return { ended };
    seen = await describe(ending, await remove(ending, { name, uid: found.uid }));
  } else {
    // Its pods may have outlived it.
    if (ending.uid !== undefined) seen = await describe(ending, await remove(ending, { name, uid: ending.uid }));
    // A tombstone of an earlier attempt, or a Job that is none of ours: the name is taken, so nothing can be created.
    if (found) return given({ end: seen });
  }
  return (await orCancelled(() => bury(ending))) ? given({ end: seen }) : 'again';
}

/** All of its log is stored by now, with what it had reported; undefined when there was nothing. */
async function describe(ending: Ending, { pod, warnings }: Removed): Promise<EndRunAnswer['end']> {
  const { cancellationSignal: signal } = Context.current();
  const stored = await orCancelled(() => drain(ending, undefined, { signal }));
  if (!pod && stored.bytes === 0) return undefined;
  const end = describeEnd({ ...stored, warnings: [...new Set([...warnings, ...stored.warnings])] }, { pod });
  return await orCancelled(() => ending.secrets.leftOutOrDropped(end, pod));
}

/** With a recorded uid no other Job is ours, whatever its labels say (docs/spec.md §7.8). */
function isMine({ manifests, key, run, installation, uid, specHash }: Ending, job: ObservedJob): boolean {
  if (uid !== undefined && job.uid !== uid) return false;
  return manifests.isOurs(job, { key, run, installation, ...(specHash === undefined ? {} : { specHash }) });
}

/**
 * A run that ended before it was to be ended counts as it ended (docs/architecture.md). Its pod and the Job's condition do
 * not end at the same moment: the one is waited for when the other is there. A Job that is being deleted was ended by somebody.
 */
async function endedByItself(ending: Ending, { name, uid }: ObservedJob): Promise<EndRunAnswer['ended']> {
  const { gateway, namespace, mainContainer, clock } = ending;
  const { cancellationSignal: signal } = Context.current();
  const at = { namespace, name, uid, mainContainer };
  const changes = gateway.watch(at);
  const until = clock.now() + conditionMs;
  try {
    for (;;) {
      const seen = await orCancelled(() => look(gateway, at));
      const pod = newest(seen.pods);
      if (!seen.job || seen.job.deleting) return undefined;
      if (hasEnded(seen.job, pod)) return howItEnded(ending, seen.job, seen.pods);
      if (!seen.job.end && (!isOver(pod) || clock.now() >= until)) return undefined;
      await changes.next(versionsOf(seen), rereadMs, signal);
    }
  } finally {
    changes.close();
  }
}

async function howItEnded(ending: Ending, job: ObservedJob, pods: ObservedPods): Promise<EndRunAnswer['ended']> {
  const { cancellationSignal: signal } = Context.current();
  const pod = newest(pods);
  const stored = await orCancelled(() => drainAll(ending, pods, { signal }));
  const { code, end } = explainEnd(job, pod, stored);
  return { code, end: await orCancelled(() => ending.secrets.leftOut(end, pod)) };
}

/** True once no create of this run can succeed any more. */
async function bury({ gateway, manifests, namespace, name, clock, ...of }: Ending): Promise<boolean> {
  try {
    return (await gateway.createJob(namespace, manifests.tombstone(name, of))) !== 'exists';
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    if (error.code === 'NAMESPACE_MISSING') return true;
    if (error.code !== 'SPEC_REFUSED' && error.code !== 'RUNTIME_FORBIDDEN') throw error;
    // A policy of the cluster refuses it: then what is under way is waited for, and looked for once more.
    log.warn('a tombstone was refused', { job: name, code: error.code });
    await clock.sleep(createMs, Context.current().cancellationSignal);
    return (await gateway.readJob(namespace, name)) === undefined;
  }
}
