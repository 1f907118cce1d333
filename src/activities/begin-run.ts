import type { BeginRunAnswer, BeginRunInput, RunRef } from '../release/steps.js';
import { failWith } from './failures.js';
import type { Gateways, JobGateway, Manifests, ObservedJob, RunStore, TurnAndNumber } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
  now: () => number;
}

type Granted = Extract<TurnAndNumber, { outcome: 'granted' }>;

/** A Job is kept for 7 days: an older number whose Job was never seen may have come and gone (docs/architecture.md). */
const oldestUnseenMs = 6 * 24 * 3_600_000;

/**
 * Turn and number, namespace, pull secrets, Job. Safe to repeat after any crash: the number is keyed, the name is derived,
 * and a Job that exists is adopted only when it carries this run's number and this spec.
 */
export const createBeginRun = (dependencies: Dependencies) =>
  async function beginRun(input: BeginRunInput): Promise<BeginRunAnswer> {
    const turn = await dependencies.store.takeTurn(input);
    if (turn.outcome !== 'granted') return turn;
    const installation = await dependencies.store.installationId();
    const gateway = dependencies.gateways(input.cluster);
    const job =
      turn.uid === undefined
        ? await create(dependencies, input, { turn, installation, gateway })
        : await found(dependencies, input, { turn, installation, gateway });
    const ref = refTo(dependencies, input, { job, turn });
    if (turn.uid === undefined) await dependencies.store.recordJob(ref);
    return { outcome: 'running', ref };
  };

interface Run {
  turn: Granted;
  installation: string;
  gateway: JobGateway;
}

/** The uid was stored before: that Job, or none. */
async function found(
  { manifests }: Dependencies,
  input: BeginRunInput,
  { turn, installation, gateway }: Run,
): Promise<ObservedJob> {
  const name = manifests.jobName(input.key, { prefix: input.job.prefix, run: turn.run, installation });
  const job = await gateway.readJob(input.namespace.name, name);
  if (!job) return failWith('JOB_LOST', `Job ${input.namespace.name}/${name} of run ${turn.run} is gone`);
  if (job.uid !== turn.uid)
    return failWith('JOB_REPLACED', `Job ${input.namespace.name}/${name} is not the one that run ${turn.run} created`);
  return job;
}

async function create(
  { manifests, now }: Dependencies,
  input: BeginRunInput,
  { turn, installation, gateway }: Run,
): Promise<ObservedJob> {
  const { namespace, key } = input;
  if (now() - Date.parse(turn.allottedAt) > oldestUnseenMs)
    return failWith('JOB_LOST', `run ${turn.run} was allotted at ${turn.allottedAt}, and its Job was never seen`);
  await gateway.ensureNamespace(namespace, { installation, runtime: input.runtime });
  for (const secret of input.pullSecrets) await gateway.ensurePullSecret(namespace.name, secret, installation);
  const manifest = manifests.job(input, { run: turn.run, installation });
  const created = await gateway.createJob(namespace.name, manifest);
  if (created !== 'exists') return created;
  const name = manifests.jobName(key, { prefix: input.job.prefix, run: turn.run, installation });
  const job = await gateway.readJob(namespace.name, name);
  if (!job) return failWith('RUNTIME_UNREACHABLE', `Job ${namespace.name}/${name} exists and cannot be read`);
  const specHash = manifests.specHash(input.jobDigest, turn.run);
  if (!manifests.isOurs(job, { key, run: turn.run, installation, specHash }))
    return failWith('JOB_CONFLICT', `Job ${namespace.name}/${name} exists and is not the one of run ${turn.run}`);
  return job;
}

function refTo(
  { manifests }: Dependencies,
  input: BeginRunInput,
  { job, turn }: { job: ObservedJob; turn: Granted },
): RunRef {
  return {
    key: input.key,
    run: turn.run,
    cluster: input.cluster,
    namespace: input.namespace.name,
    name: job.name,
    uid: job.uid,
    mainContainer: input.job.mainContainer,
    specHash: manifests.specHash(input.jobDigest, turn.run),
    allottedAt: turn.allottedAt,
  };
}
