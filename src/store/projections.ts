import { and, eq, isNull, lt } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import { isEnded, type Status } from '../release/status.js';
import type { ProjectAnswer, ProjectInput, ReenterAnswer, ReenterInput } from '../release/steps.js';
import type { ReleaseView } from '../release/view.js';
import { notify, type Database, type Tx } from './database.js';
import { releases, requests } from './schema.js';
import { forgetStable, watchStable } from './stable.js';
import { lockInstance, turn, type Instance } from './turns.js';

/** What people read while no worker answers: the newest view of each release, and what came of their requests. */
export const projectionQueries = (db: Database): Pick<RunStore, 'project' | 'reenter'> => ({
  project: (input) => db.write((tx) => project(tx, input)),
  reenter: (input) => db.write((tx) => reenter(tx, input)),
});

/** Keyed by release and sequence: a late or repeated one changes nothing. Outcomes of requests are written once. */
export async function writeProjection(tx: Tx, view: ReleaseView): Promise<void> {
  await tx
    .update(releases)
    .set({ view, sequence: view.sequence })
    .where(and(eq(releases.id, view.id), lt(releases.sequence, view.sequence)));
  for (const { requestId, counted, why } of view.decisions)
    if (requestId !== undefined)
      await tx
        .update(requests)
        .set({ counted, why: why ?? null })
        .where(and(eq(requests.id, requestId), eq(requests.release, view.id), isNull(requests.counted)));
  if (view.endedAt !== undefined) await forgetStable(tx, view.id);
  await notify(tx, { release: view.id });
}

/**
 * The release's row is locked after the instances, and those in the order of their names: two transactions never wait for
 * each other. One that comes late changes no turn: what it says is not true any more.
 */
async function project(tx: Tx, { view, entered, watched }: ProjectInput): Promise<ProjectAnswer> {
  const concerned = view.channels.filter(
    ({ name, status }) => entered.includes(name) || waits(status) || isEnded(status),
  );
  const instances = await lockInstances(tx, view, [...concerned.map(({ name }) => name), ...watched]);
  const newer = await newerThan(tx, view);
  if (newer !== undefined) return { standings: {}, stable: [], newer };
  const standings: ProjectAnswer['standings'] = {};
  for (const { name, status } of concerned) {
    const standing = await stand(tx, view, { instance: instances.get(name), status });
    if (standing) standings[name] = standing;
  }
  await writeProjection(tx, view);
  return { standings, stable: await watchStable(tx, view, instances, watched) };
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
    return undefined;
  }
  const answer = await turn(tx, instance, { type: 'entered', release: number });
  if (answer.standing !== 'replaced') return { standing: 'keep' };
  return { standing: 'replaced', by: releaseId(application, service, answer.by) };
}

/** Enters again where no newer release has; the same answer when asked again. */
async function reenter(tx: Tx, { application, service, release, channels }: ReenterInput): Promise<ReenterAnswer> {
  const replaced: ReenterAnswer['replaced'] = {};
  for (const [name, instance] of await lockInstances(tx, { application, service }, channels)) {
    const answer = await turn(tx, instance, { type: 'entered', release });
    if (answer.standing === 'replaced') replaced[name] = releaseId(application, service, answer.by);
  }
  return { replaced };
}

async function lockInstances(
  tx: Tx,
  { application, service }: { application: string; service: string },
  channels: string[],
): Promise<Map<string, Instance>> {
  const locked = new Map<string, Instance>();
  for (const channel of [...new Set(channels)].sort())
    locked.set(channel, await lockInstance(tx, { application, service, channel }));
  return locked;
}

const waits = (status: Status): boolean =>
  status === 'WAITING_MANUAL_APPROVAL' || status === 'PENDING' || status === 'QUEUED';

/** The sequence of a newer projection of the release, if one is stored. */
async function newerThan(tx: Tx, view: ReleaseView): Promise<number | undefined> {
  const [row] = await tx
    .select({ sequence: releases.sequence })
    .from(releases)
    .where(eq(releases.id, view.id))
    .for('update');
  return row && row.sequence > view.sequence ? row.sequence : undefined;
}
