import { and, eq, isNull, lt } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { releaseId } from '../release/ids.js';
import { isEnded } from '../release/status.js';
import type { ProjectAnswer, ProjectInput } from '../release/steps.js';
import type { ReleaseView } from '../release/view.js';
import { notify, type Database, type Tx } from './database.js';
import { releases, requests } from './schema.js';
import { lockInstance, turn } from './turns.js';

/** What people read while no worker answers: the newest view of each release, and what came of their requests. */
export const projectionQueries = (db: Database): Pick<RunStore, 'project'> => ({
  project: (input) => db.write((tx) => project(tx, input)),
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
        .where(and(eq(requests.id, requestId), isNull(requests.counted)));
  await notify(tx, { release: view.id });
}

/** Instances are locked in the order of their names, so that two releases never wait for each other. */
async function project(tx: Tx, { view, entered }: ProjectInput): Promise<ProjectAnswer> {
  await writeProjection(tx, view);
  const { application, service, number } = view;
  const standings: ProjectAnswer['standings'] = {};
  for (const { name, status } of [...view.channels].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const waits = status === 'WAITING_MANUAL_APPROVAL' || status === 'PENDING' || status === 'QUEUED';
    if (!entered.includes(name) && !waits && !isEnded(status)) continue;
    const instance = await lockInstance(tx, { application, service, channel: name });
    if (isEnded(status)) {
      if (instance.holder !== number) await turn(tx, instance, { type: 'withdrawn', release: number });
      continue;
    }
    const standing = await turn(tx, instance, { type: 'entered', release: number });
    standings[name] =
      standing.standing === 'replaced'
        ? { standing: 'replaced', by: releaseId(application, service, standing.by) }
        : { standing: 'keep' };
  }
  return { standings };
}
