import { isDeepStrictEqual } from 'node:util';
import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm';
import type { RunStore } from '../activities/ports.js';
import { given } from '../release/given.js';
import { releaseId } from '../release/ids.js';
import type { ChannelPlan, Json, ReleasePlan } from '../release/plan.js';
import { viewOf } from '../release/release-view.js';
import { createState } from '../release/state.js';
import { isUnchanged } from '../release/is-unchanged.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseRow, ServerStore } from '../server/ports.js';
import { notify, type Database, type Tx } from './database.js';
import { releases, services, startKeys } from './schema.js';
import { lockCounters, serviceKey, storeVersion } from './versions.js';

type NewRelease = Parameters<ServerStore['createRelease']>[0];

/** Without the plan, which is large. */
const columns = {
  id: releases.id,
  number: releases.number,
  application: releases.application,
  service: releases.service,
  digest: releases.digest,
  version: releases.version,
  versionName: releases.versionName,
  requestedBy: releases.requestedBy,
  createdAt: releases.createdAt,
  startedAt: releases.startedAt,
  rerun: releases.rerun,
  view: releases.view,
};
type Row = { [K in keyof typeof columns]: (typeof releases.$inferSelect)[K] };

const releaseRow = (row: Row): ReleaseRow =>
  given({
    ...row,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString(),
  });

/** Numbered releases and start keys. */
export const releaseQueries = (
  db: Database,
): Pick<
  ServerStore,
  'createRelease' | 'markStarted' | 'unstarted' | 'release' | 'plan' | 'releases' | 'releasesUnderWay'
> &
  Pick<RunStore, 'planned'> => ({
  createRelease: (input) => db.write((tx) => createRelease(tx, input)),
  markStarted: (id) =>
    db.write(async (tx) => {
      await tx
        .update(releases)
        .set({ startedAt: sql`now()` })
        .where(and(eq(releases.id, id), isNull(releases.startedAt)));
      await notify(tx, { release: id });
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
      const [row] = await read
        .select({
          channels: sql<ChannelPlan[]>`${releases.plan}->'channels'`,
          job: sql<Json>`${releases.plan}->'jobs'->${jobDigest}::text`,
        })
        .from(releases)
        .where(and(eq(releases.id, id), eq(releases.digest, releaseDigest)));
      const channel = row?.channels.find(({ name }) => name === key.channel);
      if (!row || channel?.apply.job !== jobDigest) return false;
      const { runtime, cluster, namespace, apply } = channel;
      const planned = { runtime, cluster, namespace, job: row.job, pullSecrets: apply.pullSecrets };
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

async function createRelease(tx: Tx, input: NewRelease): ReturnType<ServerStore['createRelease']> {
  const { application, service, requestedBy, rerun } = input;
  const counter = await lockCounters(tx, input);
  const known = await byStartKey(tx, input);
  if (known) return { outcome: 'existing', release: known };
  const last = await lastRelease(tx, input);
  const { version, plan } = await storeVersion(tx, input, counter);
  const number = counter.lastRelease + 1;
  if (last && !rerun && isUnchanged(last, plan)) {
    await keepStartKey(tx, input, last.id);
    return { outcome: 'unchanged', release: last };
  }
  const id = releaseId(application, service, number);
  await tx.update(services).set({ lastRelease: number }).where(serviceKey(input));
  const asked = { id, application, service, number, requestedBy, rerun };
  const planned = { plan, digest: plan.digest, version, versionName: plan.version.name };
  const [created] = await tx
    .insert(releases)
    .values({ ...asked, ...planned, view: beginning(plan, { number, requestedBy }) })
    .returning(columns);
  if (!created) throw new Error(`release ${id} was not stored`);
  await keepStartKey(tx, input, id);
  await notify(tx, { release: id });
  return { outcome: 'created', release: releaseRow(created) };
}

/** How the release will begin: what people see until its workflow says something. */
const beginning = (plan: ReleasePlan, { number, requestedBy }: Pick<ReleaseRow, 'number' | 'requestedBy'>) => ({
  ...viewOf(createState(plan, { number, requestedBy, startedAt: new Date().toISOString() })),
  sequence: 0,
});

async function keepStartKey(tx: Tx, input: NewRelease, release: string): Promise<void> {
  const { application, service, key, requestDigest } = input;
  await tx.insert(startKeys).values({ application, service, key, requestDigest, release });
}

async function byStartKey(
  tx: Tx,
  { application, service, key, requestDigest }: NewRelease,
): Promise<ReleaseRow | undefined> {
  const mine = and(eq(startKeys.application, application), eq(startKeys.service, service), eq(startKeys.key, key));
  const [known] = await tx.select().from(startKeys).where(mine);
  if (!known) return undefined;
  if (known.requestDigest !== requestDigest)
    throw new TowpathError('KEY_REUSED', `key "${key}" has started ${known.release} with other content`, {
      hint: 'use a new key for a new release',
    });
  const [row] = await tx.select(columns).from(releases).where(eq(releases.id, known.release));
  return row && releaseRow(row);
}

async function lastRelease(tx: Tx, { application, service }: NewRelease): Promise<ReleaseRow | undefined> {
  const mine = and(eq(releases.application, application), eq(releases.service, service));
  const [row] = await tx.select(columns).from(releases).where(mine).orderBy(desc(releases.number)).limit(1);
  return row && releaseRow(row);
}
