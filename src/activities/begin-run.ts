import type { BeginRunAnswer, BeginRunInput, RunRef } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Clock } from './clock.js';
import { compareInstance } from './compare-instance.js';
import { telling } from './run-progress.js';
import { failWith } from './failures.js';
import type { Gateways, JobGateway, Manifests, ObservedJob, RunStore, TurnAndNumber } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
  clock: Clock;
}

interface Run {
  gateway: JobGateway;
  installation: string;
  number: number;
  allottedAt: string;
  name: string;
  specHash: string;
}

/** A Job is kept for 7 days: an older number whose Job was never seen may have come and gone (docs/architecture.md). */
const oldestUnseenMs = 6 * 24 * 3_600_000;

/**
 * How long what the store has granted is acted upon. A worker that was paused for longer than an attempt may last would
 * create the Job of a run that another attempt has brought to its end, once that Job is cleaned up.
 */
const freshMs = 90_000;

/** Whoever reaches Temporal can start a workflow; what it may run is what was planned. */
const planHint = 'a release is started by the server alone';

/**
 * Turn and number, namespace, pull secrets, Job. Safe to repeat after any crash: the number is keyed, the name is derived,
 * and a Job that exists is adopted only when it carries this run's number and this spec.
 */
export const createBeginRun = (dependencies: Dependencies) =>
  async function beginRun(input: BeginRunInput): Promise<BeginRunAnswer> {
    const { store, gateways, manifests, clock } = dependencies;
    if (!(await store.planned(input)))
      return failWith('SPEC_INVALID', `the store has no plan of this run: ${planHint}`);
    const until = clock.now() + freshMs;
    const turn = await takeTurn(dependencies, input);
    if (turn.outcome !== 'granted') return turn;
    const run = runOf(turn, input, {
      gateway: gateways(input.cluster),
      installation: await store.installationId(),
      manifests,
    });
    const { uid } = turn;
    if (uid !== undefined)
      return { outcome: 'running', ref: await telling(store, input.key, () => known(input, run, uid)) };
    const job = await telling(store, input.key, () => create(dependencies, input, { ...run, until }));
    if (job === 'closed') return { outcome: 'closed' };
    const ref = refTo(input, run, job.uid);
    await store.recordJob(ref);
    return { outcome: 'running', ref };
  };

/** While the database may have forgotten runs, the cluster is asked for them first. */
async function takeTurn(
  dependencies: Dependencies,
  input: BeginRunInput,
): Promise<Exclude<TurnAndNumber, { outcome: 'unsure' }>> {
  const { store } = dependencies;
  const turn = await store.takeTurn(input);
  if (turn.outcome !== 'unsure') return turn;
  const waits = await compareInstance(dependencies, input, turn.epoch);
  if (waits) return waits;
  const again = await store.takeTurn(input);
  if (again.outcome === 'unsure') return failWith('STORE_UNREACHABLE', 'the database has changed once more');
  return again;
}

function runOf(
  { run: number, allottedAt }: Extract<TurnAndNumber, { outcome: 'granted' }>,
  { key, job, jobDigest }: BeginRunInput,
  { gateway, installation, manifests }: { gateway: JobGateway; installation: string; manifests: Manifests },
): Run {
  const name = manifests.jobName(key, { prefix: job.prefix, run: number, installation });
  return { gateway, installation, number, allottedAt, name, specHash: manifests.specHash(jobDigest, number) };
}

/** Its uid was stored before. A Job that has left pods behind is given to `awaitRun`, which ends them and stores their log. */
async function known(input: BeginRunInput, run: Run, uid: string): Promise<RunRef> {
  const { gateway, name, number } = run;
  const namespace = input.namespace.name;
  const job = await gateway.readJob(namespace, name);
  if (job?.uid === uid) return refTo(input, run, uid);
  const { items } = await gateway.listPods(namespace, uid, input.job.mainContainer);
  if (items.length > 0) return refTo(input, run, uid);
  if (job) return failWith('JOB_REPLACED', `Job ${namespace}/${name} is not the one that run ${number} created`);
  return failWith('JOB_LOST', `Job ${namespace}/${name} of run ${number} is gone`);
}

/** `closed` when `endRun` was faster: its tombstone has the name. */
async function create(
  { manifests, clock }: Dependencies,
  input: BeginRunInput,
  run: Run & { until: number },
): Promise<ObservedJob | 'closed'> {
  const { gateway, installation, number, name, specHash } = run;
  const namespace = input.namespace.name;
  if (clock.now() - Date.parse(run.allottedAt) > oldestUnseenMs)
    return failWith('JOB_LOST', `run ${number} was allotted at ${run.allottedAt}, and its Job was never seen`);
  await gateway.ensureNamespace(input.namespace, { installation, runtime: input.runtime });
  for (const secret of input.pullSecrets) await gateway.ensurePullSecret(namespace, secret, installation);
  if (clock.now() > run.until)
    return failWith('RUNTIME_UNREACHABLE', `run ${number} was held up before its Job was created`);
  if (clock.now() > latestStart(input, run)) await mustBeThere(gateway, namespace, name);
  const created = await createIn(gateway, input, manifests.job(input, { run: number, installation }));
  if (created !== 'exists') return created;
  const job = await gateway.readJob(namespace, name);
  if (!job) return failWith('RUNTIME_UNREACHABLE', `Job ${namespace}/${name} exists and cannot be read`);
  if (manifests.isTombstone(job, installation)) return 'closed';
  if (manifests.isOurs(job, { key: input.key, run: number, installation, specHash })) return job;
  return failWith('JOB_CONFLICT', `Job ${namespace}/${name} exists and is not the one of run ${number}`);
}

function latestStart({ startBy, startWithinMs }: BeginRunInput, { allottedAt }: Run): number {
  if (startBy !== undefined) return Date.parse(startBy);
  return startWithinMs === undefined ? Infinity : Date.parse(allottedAt) + startWithinMs;
}

/** After the latest start only what an attempt before has created goes on. */
async function mustBeThere(gateway: JobGateway, namespace: string, name: string): Promise<void> {
  if (!(await gateway.readJob(namespace, name)))
    return failWith('PROGRESS_DEADLINE_EXCEEDED', 'the progress deadline was over before it could be tried again');
}

/** A namespace of ours that has gone meanwhile is made again by the next attempt. */
async function createIn(
  gateway: JobGateway,
  { namespace }: BeginRunInput,
  manifest: ReturnType<Manifests['job']>,
): Promise<ObservedJob | 'exists'> {
  try {
    return await gateway.createJob(namespace.name, manifest);
  } catch (error) {
    const gone = error instanceof TowpathError && error.code === 'NAMESPACE_MISSING';
    if (gone && namespace.managed) return failWith('RUNTIME_UNREACHABLE', `${error.message}; it is made again`);
    throw error;
  }
}

const refTo = (input: BeginRunInput, { number, name, specHash, allottedAt }: Run, uid: string): RunRef => ({
  key: input.key,
  run: number,
  cluster: input.cluster,
  namespace: input.namespace.name,
  name,
  uid,
  mainContainer: input.job.mainContainer,
  specHash,
  allottedAt,
});
