import { isDeepStrictEqual } from 'node:util';
import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { parseReleaseId, releaseId } from '../release/ids.js';
import type { ChannelPlan, Json, ReleasePlan } from '../release/plan.js';
import type { ServerStore } from '../server/ports.js';
import { createRelease } from './create-release.js';
import { notify, type Database, type Tx } from './database.js';
import type { About } from './listener.js';
import { beginning, columns, releaseRow } from './release-row.js';
import { releases, requests, services, startKeys } from './schema.js';
import { isGiven, statement, telling } from './statement.js';
import { lockCounters, serviceKey } from './versions.js';

const plannedJob = statement('planned_job', (db) =>
  db
    .select({
      channels: sql<ChannelPlan[]>`${releases.plan}->'channels'`,
      job: sql<Json>`${releases.plan}->'jobs'->${sql.placeholder('jobDigest')}::text`,
    })
    .from(releases)
    .where(and(isGiven(releases.id), isGiven(releases.digest))),
);

/** Written out: what is returned of one table has its columns without the table's name. */
const isAsked = sql<boolean>`EXISTS (SELECT FROM requests WHERE requests.release = releases.id AND counted IS NULL)`;

const writeStarted = statement('mark_started', (db) =>
  db
    .update(releases)
    .set({ startedAt: sql`now()` })
    .where(and(isGiven(releases.id), isNull(releases.startedAt)))
    .returning({ ...telling, asked: isAsked }),
);

/** Numbered releases and start keys. */
export const releaseQueries = (
  db: Database,
): Pick<
  ServerStore,
  'createRelease' | 'renumber' | 'markStarted' | 'unstarted' | 'release' | 'plan' | 'releases' | 'releasesUnderWay'
> &
  Pick<RunStore, 'planned'> => ({
  createRelease: (input) => db.write((tx) => createRelease(tx, input)),
  renumber: (id, plan) => db.write((tx) => renumber(tx, id, plan)),
  markStarted: (id) =>
    db.writeOnce(async (write) => {
      const [row] = await writeStarted(write, { id, about: JSON.stringify({ release: id } satisfies About) });
      return row?.asked ?? false;
    }),
  unstarted: (olderThanMs) =>
    db.read(async (read) => {
      const old = sql`${releases.createdAt} <= now() - make_interval(secs => ${olderThanMs / 1000})`;
      const rows = await read
        .select({ ...columns, plan: releases.plan })
        .from(releases)
        .where(and(isNull(releases.startedAt), old))
        .orderBy(asc(releases.createdAt))
        .limit(100);
      return rows.map(({ plan, ...row }) => ({ release: releaseRow(row), plan }));
    }),
  release: (id) =>
    db.read(async (read) => {
      const [row] = await read.select(columns).from(releases).where(eq(releases.id, id));
      return row && releaseRow(row);
    }),
  plan: (id) =>
    db.read(async (read) => {
      const [row] = await read.select({ plan: releases.plan }).from(releases).where(eq(releases.id, id));
      return row?.plan;
    }),
  planned: ({ key, releaseDigest, jobDigest, ...asked }) =>
    db.read(async (read) => {
      const id = releaseId(key.application, key.service, key.release);
      const [row] = await plannedJob(read, { id, digest: releaseDigest, jobDigest });
      const channel = row?.channels.find(({ name }) => name === key.channel);
      if (!row || channel?.apply.job !== jobDigest) return false;
      const { runtime, cluster, namespace, apply } = channel;
      const { pullSecrets, maxConcurrency } = apply;
      const planned = { runtime, cluster, namespace, job: row.job, pullSecrets, maxConcurrency };
      return Object.entries(planned).every(([name, value]) =>
        isDeepStrictEqual(asked[name as keyof typeof asked], value),
      );
    }),
  releasesUnderWay: () =>
    db.read(async (read) => {
      const retryable = sql`(${releases.view}->>'retryUntil')::timestamptz > now()`;
      const open = or(sql`${releases.view}->>'endedAt' IS NULL`, retryable);
      const rows = await read.select(columns).from(releases).where(open).orderBy(asc(releases.createdAt));
      return rows.map(releaseRow);
    }),
  releases: ({ application, service, limit }) =>
    db.read(async (read) => {
      const mine = and(
        application === undefined ? undefined : eq(releases.application, application),
        service === undefined ? undefined : eq(releases.service, service),
      );
      const rows = await read
        .select(columns)
        .from(releases)
        .where(mine)
        .orderBy(desc(releases.createdAt), desc(releases.number))
        .limit(limit);
      return rows.map(releaseRow);
    }),
});

/**
 * Moves a release that has not started to the next number, with what names it; undefined when it has started or moved already.
 * The number is burned: it belongs to a release that this database has forgotten.
 */
async function renumber(
  tx: Tx,
  id: string,
  plan: (release: number) => ReleasePlan,
): ReturnType<ServerStore['renumber']> {
  const of = parseReleaseId(id);
  if (!of) return undefined;
  const counter = await lockCounters(tx, of);
  const unstarted = and(eq(releases.id, id), isNull(releases.startedAt));
  const [row] = await tx.select().from(releases).where(unstarted).for('update');
  if (!row) return undefined;
  const number = counter.lastRelease + 1;
  const next = { id: releaseId(of.application, of.service, number), number, plan: plan(number) };
  const view = beginning(next.plan, { number, requestedBy: row.requestedBy });
  await tx.update(services).set({ lastRelease: number }).where(serviceKey(of));
  const { digest } = next.plan;
  await tx.insert(releases).values({ ...row, ...next, digest, sequence: 0, view, projectedAt: null });
  await tx.update(startKeys).set({ release: next.id }).where(eq(startKeys.release, id));
  await tx.update(requests).set({ release: next.id, releaseDigest: digest }).where(eq(requests.release, id));
  await tx.delete(releases).where(eq(releases.id, id));
  for (const release of [id, next.id]) await notify(tx, { release });
  const [moved] = await tx.select(columns).from(releases).where(eq(releases.id, next.id));
  return moved && { release: releaseRow(moved), plan: next.plan };
}
