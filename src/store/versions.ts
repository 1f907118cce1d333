import { and, eq } from 'drizzle-orm';
import type { ChannelValues } from '../config/plan.js';
import { own } from '../release/own.js';
import type { ReleasePlan } from '../release/plan.js';
import type { NewVersion, ServerStore } from '../server/ports.js';
import { beside, type Database, type Drizzle, type Tx } from './database.js';
import { services, versions } from './schema.js';
import { isGiven, statement } from './statement.js';

interface Of {
  application: string;
  service: string;
}

export const serviceKey = ({ application, service }: Of) =>
  and(eq(services.application, application), eq(services.service, service));

const ofService = ({ application, service }: Of) =>
  and(eq(versions.application, application), eq(versions.service, service));

/** Service versions: numbered by content, each with what it was made of. */
export const versionQueries = (
  db: Database,
): Pick<ServerStore, 'createVersion' | 'versionOf' | 'versionContent' | 'latestValues'> => ({
  createVersion: (input) =>
    db.write(async (tx) => {
      const counter = await lockCounters(tx, input);
      const previous = await valuesOf(tx, input, counter.latestVersion);
      const { version, plan, counters, added } = await versionOf(tx, input, { counter, previous });
      const writes = added ? [tx.insert(versions).values(added)] : [];
      await beside(tx, ...writes)
        .update(services)
        .set(counters)
        .where(serviceKey(input));
      return { outcome: added ? 'created' : 'existing', number: version, plan };
    }),
  versionOf: (application, service, contentDigest) =>
    db.read(async (read) => {
      const known = await numberOf(read, { application, service }, contentDigest);
      if (known !== undefined) return known;
      const [row] = await read.select().from(services).where(serviceKey({ application, service }));
      return (row?.lastVersion ?? 0) + 1;
    }),
  versionContent: (application, service, number) =>
    db.read(async (read) => {
      const mine = and(ofService({ application, service }), eq(versions.number, number));
      const [row] = await read.select().from(versions).where(mine);
      if (!row || row.configVersion === null) return undefined;
      return { number, configVersion: row.configVersion, values: row.values ?? {} };
    }),
  latestValues: (application, service) =>
    db.read(async (read) => {
      const [row] = await read.select().from(services).where(serviceKey({ application, service }));
      return valuesOf(read, { application, service }, row?.latestVersion);
    }),
});

type Counter = typeof services.$inferSelect;

const givenService = and(isGiven(services.application), isGiven(services.service));

const lockedRow = statement('lock_service', (db) => db.select().from(services).where(givenService).for('update'));

const versionOfContent = statement('version_of_content', (db) => {
  const { application, service, contentDigest, number } = versions;
  const mine = and(isGiven(application), isGiven(service), isGiven(contentDigest));
  return db.select({ number }).from(versions).where(mine);
});

/** The service's row, locked until the transaction ends: what is numbered of one service is made one after the other. */
export async function lockCounters(tx: Tx, { application, service }: Of): Promise<Counter> {
  const locked = () => lockedRow(tx, { application, service });
  const [known] = await locked();
  if (known) return known;
  await tx.insert(services).values({ application, service }).onConflictDoNothing();
  const [made] = await locked();
  if (!made) throw new Error(`service ${application}/${service} vanished`);
  return made;
}

/** A version with its plan, to be stored. */
export interface Planned {
  version: number;
  plan: ReleasePlan;
  /** What changes in the service's row. */
  counters: { lastVersion: number; latestVersion: number };
  /** The row of a version that is new. */
  added?: typeof versions.$inferInsert;
}

/** The version that is asked for, or that this content has or gets: equal content is the same one (docs/spec.md §5.3). To be stored by the caller. */
export async function versionOf(
  tx: Tx,
  input: NewVersion & { version?: number },
  { counter, previous }: { counter: Counter; previous: ChannelValues | undefined },
): Promise<Planned> {
  const { application, service } = input;
  const contentDigest = input.contentDigest(previous);
  const known = input.version ?? (await numberOf(tx, input, contentDigest));
  const version = known ?? counter.lastVersion + 1;
  const plan = input.plan({ version, release: counter.lastRelease + 1, previous });
  const counters = { lastVersion: Math.max(counter.lastVersion, version), latestVersion: version };
  if (known !== undefined) return { version, plan, counters };
  const configVersion = own(plan.pinned, `service/${application}/${service}`) ?? null;
  const added = { application, service, number: version, contentDigest, configVersion, values: plan.values ?? {} };
  return { version, plan, counters, added };
}

type Read = Drizzle;

async function numberOf(read: Read, of: Of, contentDigest: string): Promise<number | undefined> {
  const { application, service } = of;
  const [known] = await versionOfContent(read, { application, service, content_digest: contentDigest });
  return known?.number;
}

async function valuesOf(read: Read, of: Of, number: number | null | undefined): Promise<ChannelValues | undefined> {
  if (number === null || number === undefined) return undefined;
  const mine = and(ofService(of), eq(versions.number, number));
  const [row] = await read.select({ values: versions.values }).from(versions).where(mine);
  return row?.values ?? undefined;
}
