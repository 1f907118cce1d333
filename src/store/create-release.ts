import { and, eq, type SQLWrapper } from 'drizzle-orm';
import type { ChannelValues } from '../config/plan.js';
import { releaseId } from '../release/ids.js';
import { isUnchanged } from '../release/is-unchanged.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ReleaseRow, ServerStore } from '../server/ports.js';
import { beside, type Drizzle, type Tx } from './database.js';
import type { About } from './listener.js';
import { beginning, columns, releaseRow } from './release-row.js';
import { cancelAsked } from './requests.js';
import { releases, services, startKeys, versions } from './schema.js';
import { asGiven, isGiven, statement, telling } from './statement.js';
import { lockCounters, serviceKey, versionOf, type Planned } from './versions.js';

type NewRelease = Parameters<ServerStore['createRelease']>[0];

/** Number, version and plan of a new release; what is read is true until its transaction ends, since the service is locked. */
export async function createRelease(tx: Tx, input: NewRelease): ReturnType<ServerStore['createRelease']> {
  const counter = await lockCounters(tx, input);
  const { known, last, previous } = await before(tx, input);
  if (known) return { outcome: 'existing', release: await startedWith(tx, known, input) };
  const planned = await versionOf(tx, input, { counter, previous });
  if (!last || input.rerun || !isUnchanged(last, planned.plan) || (await cancelAsked(tx, last)))
    return storeNew(tx, input, { ...planned, number: counter.lastRelease + 1 });
  const { application, service, key, requestDigest } = input;
  const { counters, added } = planned;
  const version = added ? [tx.insert(versions).values(added)] : [];
  const count = tx.update(services).set(counters).where(serviceKey(input));
  await beside(tx, ...version, count)
    .insert(startKeys)
    .values({ application, service, key, requestDigest, release: last.id });
  return { outcome: 'unchanged', release: last };
}

async function storeNew(
  tx: Tx,
  { application, service, key, requestDigest, requestedBy, rerun }: NewRelease,
  { plan, version, number, counters, added }: Planned & { number: number },
): ReturnType<ServerStore['createRelease']> {
  const id = releaseId(application, service, number);
  const release = { id, application, service, number, version, rerun, plan, requestedBy, key, requestDigest };
  const [created] = await (added ? storeBoth : storeRelease)(tx, {
    ...added,
    ...counters,
    ...release,
    digest: plan.digest,
    versionName: plan.version.name,
    view: beginning(plan, { number, requestedBy }),
    about: JSON.stringify({ release: id } satisfies About),
  });
  if (!created) throw new Error(`release ${id} was not stored`);
  const { told: _told, plan: stored, ...row } = created;
  return { outcome: 'created', release: releaseRow(row), plan: stored };
}

/** Everything that a new release adds, with the version too where that is new. */
function storing(db: Drizzle, ...version: SQLWrapper[]) {
  const { application, service } = releases;
  const of = { application: asGiven(application), service: asGiven(service) };
  const { requestedBy, rerun, plan, view, versionName, startKey } = releases;
  const count = db
    .update(services)
    .set({
      lastVersion: asGiven(services.lastVersion, 'lastVersion'),
      latestVersion: asGiven(services.latestVersion, 'latestVersion'),
      lastRelease: asGiven(services.lastRelease, 'number'),
    })
    .where(and(isGiven(services.application), isGiven(services.service)));
  const key = asGiven(startKeys.key);
  const requestDigest = asGiven(startKeys.requestDigest, 'requestDigest');
  const keep = db.insert(startKeys).values({ ...of, key, requestDigest, release: asGiven(releases.id) });
  return beside(db, ...version, count, keep)
    .insert(releases)
    .values({
      ...of,
      id: asGiven(releases.id),
      number: asGiven(releases.number),
      digest: asGiven(releases.digest),
      version: asGiven(releases.version),
      versionName: asGiven(versionName, 'versionName'),
      requestedBy: asGiven(requestedBy, 'requestedBy'),
      rerun: asGiven(rerun),
      startKey: asGiven(startKey, 'key'),
      plan: asGiven(plan),
      view: asGiven(view),
    })
    .returning({ ...columns, plan, ...telling });
}

const storeRelease = statement('store_release', (db) => storing(db));

const storeBoth = statement('store_release_and_version', (db) => {
  const { application, service, contentDigest, configVersion, number, values } = versions;
  const row = {
    application: asGiven(application),
    service: asGiven(service),
    number: asGiven(number, 'version'),
    contentDigest: asGiven(contentDigest, 'contentDigest'),
    configVersion: asGiven(configVersion, 'configVersion'),
    values: asGiven(values, 'values'),
  };
  return storing(db, db.insert(versions).values(row));
});

interface Before {
  known: typeof startKeys.$inferSelect | null;
  last: ReleaseRow | undefined;
  previous: ChannelValues | undefined;
}

const ofService = (table: typeof startKeys | typeof releases | typeof versions) =>
  and(eq(table.application, services.application), eq(table.service, services.service));

const storedBefore = statement('stored_before', (db) =>
  db
    .select({ known: startKeys, last: columns, values: versions.values })
    .from(services)
    .leftJoin(startKeys, and(ofService(startKeys), isGiven(startKeys.key)))
    .leftJoin(releases, and(ofService(releases), eq(releases.number, services.lastRelease)))
    .leftJoin(versions, and(ofService(versions), eq(versions.number, services.latestVersion)))
    .where(and(isGiven(services.application), isGiven(services.service))),
);

/** What was stored of the service before: the release of this start key, the newest release, the values of the newest version. */
async function before(tx: Tx, { application, service, key }: NewRelease): Promise<Before> {
  const [row] = await storedBefore(tx, { application, service, key });
  return {
    known: row?.known ?? null,
    last: row?.last ? releaseRow(row.last) : undefined,
    previous: row?.values ?? undefined,
  };
}

/** The release that this key has started. */
async function startedWith(
  tx: Tx,
  { key, release, requestDigest }: typeof startKeys.$inferSelect,
  input: NewRelease,
): Promise<ReleaseRow> {
  if (requestDigest !== input.requestDigest)
    throw new TowpathError('KEY_REUSED', `key "${key}" has started ${release} with other content`, {
      hint: 'use a new key for a new release',
    });
  const [row] = await tx.select(columns).from(releases).where(eq(releases.id, release));
  if (!row) throw new Error(`release ${release} vanished`);
  return releaseRow(row);
}
