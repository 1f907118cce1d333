import { log } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { ReleasePlan } from '../release/plan.js';
import type { FindOverAnswer, OverRelease } from '../release/reconciling.js';
import type { EndRunInput, RunKey } from '../release/steps.js';
import type { LeftBehind, Manifests, OpenRelease, ReconcilerStore, Workflows } from './ports.js';

interface Dependencies {
  store: Pick<ReconcilerStore, 'knownNamespace' | 'noteDatabase' | 'openReleases' | 'leftBehind' | 'unsweptClusters'>;
  workflows: Pick<Workflows, 'namespaceId' | 'listed' | 'countListed' | 'standing'>;
  manifests: Pick<Manifests, 'specHash'>;
  /** A workflow that Temporal does not know is gone only so long after it was started. */
  absentMs?: number;
  /** How long equal counts are believed. */
  recountMs?: number;
}

/** A start is acknowledged long before; this is for a Temporal that has just come back. */
const tenMinutes = 10 * 60_000;
/** In one round; the next one takes the others. */
const atOnce = 20;
/** What is looked for among all Jobs of a cluster is there for hours, and there may be thousands. */
const sweepEveryMs = 10 * 60_000;

/**
 * Releases that the store takes for open although their workflow is over. The list of open workflows is a hint that spares
 * questions; what is concluded comes from the workflow itself, and never from a Temporal that the releases are not from.
 * There may be thousands, each minute: as long as the counts of both sides differ by as many as when each was listed, the list
 * is not read, but every ten minutes, for one that is lost here may be made up for by one too many there. They do differ: the
 * workflow of a release that has failed runs on for as long as it may be retried.
 */
export function createFindOver({
  store,
  workflows,
  manifests,
  absentMs = tenMinutes,
  recountMs = tenMinutes,
}: Dependencies) {
  /** How many more were listed than open when each open one was, and when. */
  let inOrder: { more: number; at: number } | undefined;

  const believed = async (open: readonly OpenRelease[]): Promise<boolean> =>
    inOrder !== undefined &&
    performance.now() - inOrder.at < recountMs &&
    (await workflows.countListed()) - open.length === inOrder.more;

  async function compared(open: readonly OpenRelease[]): Promise<OverRelease[]> {
    const listed = await workflows.listed();
    const over: OverRelease[] = [];
    for (const each of fromAnywhere(open)) {
      if (over.length >= atOnce) break;
      if (listed.has(each.id)) continue;
      const why = await whyOver(workflows, each, absentMs);
      if (why === undefined) continue;
      over.push({ release: each.id, why, runs: runsOf(await store.leftBehind(each.id), manifests) });
    }
    const all = open.every(({ id }) => listed.has(id));
    inOrder = all ? { more: listed.size - open.length, at: performance.now() } : undefined;
    return over;
  }

  return async function findOver(): Promise<FindOverAnswer> {
    const { stored, now } = await store.knownNamespace(await workflows.namespaceId());
    if (stored !== now) {
      inOrder = undefined;
      log.error('another Temporal than the releases were started on: nothing is reconciled', { stored, now });
      return { over: [], foreign: true, clusters: [] };
    }
    const epoch = await store.noteDatabase();
    if (epoch !== undefined) log.warn('the database is another one: instances are compared with clusters', { epoch });
    const open = await store.openReleases();
    const over = (await believed(open)) ? [] : await compared(open);
    return { over, foreign: false, clusters: await store.unsweptClusters(sweepEveryMs) };
  };
}

/** Those that cannot be ended now, on a cluster that is away, must not keep the others from their turn for ever. */
function fromAnywhere<T>(all: readonly T[]): T[] {
  const at = Math.floor(Math.random() * all.length);
  return [...all.slice(at), ...all.slice(0, at)];
}

async function whyOver(
  workflows: Pick<Workflows, 'standing'>,
  open: OpenRelease,
  absentMs: number,
): Promise<string | undefined> {
  const standing = await workflows.standing(open.id);
  if (standing === 'open') return undefined;
  if (standing === 'absent')
    return open.startedMsAgo >= absentMs
      ? 'Temporal does not know its workflow any more: its data was lost'
      : undefined;
  return `its workflow was ${standing} in Temporal`;
}

function runsOf({ plan, runs }: LeftBehind, { specHash }: Pick<Manifests, 'specHash'>): EndRunInput[] {
  return runs.flatMap(({ key, cluster, number, namespace, name, uid, allottedAt }) => {
    const planned = plannedJob(plan, key);
    if (!planned) throw new Error(`a plan has no Job for the run of "${key.channel}" that is open`);
    const { job, jobDigest, namespace: where } = planned;
    const { prefix, mainContainer } = job;
    const of = { key, cluster, namespace: where, prefix, mainContainer };
    if (uid === undefined || name === undefined || namespace === undefined) return [of];
    const hash = specHash(jobDigest, number);
    const ref = { key, run: number, cluster, namespace, name, uid, mainContainer, specHash: hash, allottedAt };
    return [given({ ...of, ref })];
  });
}

function plannedJob(plan: ReleasePlan, key: RunKey) {
  const channel = plan.channels.find(({ name }) => name === key.channel);
  const job = channel && plan.jobs[channel.apply.job];
  return job && { job, jobDigest: channel.apply.job, namespace: channel.namespace.name };
}
