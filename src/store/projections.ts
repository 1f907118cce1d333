import { and, eq, isNull, lt, sql, type SQLWrapper } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import { isEnded, type Status } from '../release/status.js';
import type { ProjectAnswer, ProjectInput, ReenterAnswer, ReenterInput } from '../release/steps.js';
import type { ReleaseView } from '../release/view.js';
import { notify, type Database, type Tx } from './database.js';
import { releases, requests } from './schema.js';
import { isGiven, statement } from './statement.js';
import { withdraw } from './slots.js';
import { forgetStable, watchStable } from './stable.js';
import { changesOf, inInstances, turn, type Instance } from './turns.js';

/** What people read while no worker answers: the newest view of each release, and what came of their requests. */
export const projectionQueries = (db: Database): Pick<RunStore, 'project' | 'reenter'> => ({
  project: (input) => db.write((tx) => project(tx, input)),
  reenter: (input) => db.write((tx) => reenter(tx, input)),
});

/**
 * Keyed by release and sequence: a late or repeated one changes nothing. Outcomes of requests are written once, and after the
 * release's row, which `project` has locked before them. Other writes go with it.
 */
export async function writeProjection(tx: Tx, view: ReleaseView, ...others: SQLWrapper[]): Promise<void> {
  const shown = tx
    .update(releases)
    .set({ view, sequence: view.sequence, projectedAt: sql`now()` })
    .where(and(eq(releases.id, view.id), lt(releases.sequence, view.sequence)));
  const forgotten = view.endedAt === undefined ? [] : [forgetStable(tx, view.id)];
  await notify(tx, { release: view.id }, shown, ...forgotten, ...others);
  for (const { requestId, counted, why } of view.decisions)
    if (requestId !== undefined)
      await tx
        .update(requests)
        .set({ counted, why: why ?? null })
        .where(and(eq(requests.id, requestId), eq(requests.release, view.id), isNull(requests.counted)));
}

/** The release's row is locked after the instances. One that comes late changes no turn: what it says is not true any more. */
async function project(tx: Tx, { view, entered, watched }: ProjectInput): Promise<ProjectAnswer> {
  const { application, service } = view;
  const concerned = view.channels.filter(
    ({ name, status }) => entered.includes(name) || waits(status) || isEnded(status),
  );
  const channels = [...concerned.map(({ name }) => name), ...watched];
  return inInstances(tx, { application, service, channels }, async (instances) => {
    const newer = await newerThan(tx, view);
    if (newer !== undefined) return { standings: {}, stable: [], newer };
    const standings: ProjectAnswer['standings'] = {};
    for (const { name, status } of concerned) {
      const standing = await stand(tx, view, { instance: instances.get(name), status });
      if (standing) standings[name] = standing;
    }
    await writeProjection(tx, view, ...changesOf(tx, [...instances.values()]));
    return { standings, stable: await watchStable(tx, view, instances, watched) };
  });
}

/** One event of the turns for a channel: over, or (still) there. */
async function stand(
  tx: Tx,
  { application, service, number }: ReleaseView,
  { instance, status }: { instance: Instance | undefined; status: Status },
): Promise<ProjectAnswer['standings'][string] | undefined> {
  if (!instance) return undefined;
  if (isEnded(status)) {
    if (instance.holder !== number) await turn(tx, instance, { type: 'withdrawn', release: number });
    if (status === 'REPLACED') await withdraw(tx, { application, service, channel: instance.channel, release: number });
    return undefined;
  }
  const answer = await turn(tx, instance, { type: 'entered', release: number });
  if (answer.standing !== 'replaced') return { standing: 'keep' };
  return { standing: 'replaced', by: releaseId(application, service, answer.by) };
}

/** Enters again where no newer release has; the same answer when asked again. */
const reenter = (tx: Tx, { release, ...of }: ReenterInput): Promise<ReenterAnswer> =>
  inInstances(tx, of, async (instances) => {
    const replaced: ReenterAnswer['replaced'] = {};
    for (const [name, instance] of instances) {
      const answer = await turn(tx, instance, { type: 'entered', release });
      if (answer.standing === 'replaced') replaced[name] = releaseId(of.application, of.service, answer.by);
    }
    return { replaced };
  });

const waits = (status: Status): boolean => ['WAITING_MANUAL_APPROVAL', 'PENDING', 'QUEUED', 'BLOCKED'].includes(status);

const lockedSequence = statement('lock_release', (db) =>
  db.select({ sequence: releases.sequence }).from(releases).where(isGiven(releases.id)).for('update'),
);

/** The sequence of a newer projection of the release, if one is stored. */
async function newerThan(tx: Tx, view: ReleaseView): Promise<number | undefined> {
  const [row] = await lockedSequence(tx, { id: view.id });
  return row && row.sequence > view.sequence ? row.sequence : undefined;
}
