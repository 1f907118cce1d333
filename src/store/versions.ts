import { and, eq } from 'drizzle-orm';
import type { ChannelValues } from '../config/plan.js';
import { own } from '../release/own.js';
import type { ReleasePlan } from '../release/plan.js';
import type { NewVersion, ServerStore } from '../server/ports.js';
import type { Database, Tx } from './database.js';
import { services, versions } from './schema.js';

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
      const { version, plan, created } = await storeVersion(tx, input, await lockCounters(tx, input));
      return { outcome: created ? 'created' : 'existing', number: version, plan };
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

/** The service's row, locked until the transaction ends: what is numbered of one service is made one after the other. */
export async function lockCounters(tx: Tx, { application, service }: Of): Promise<Counter> {
  await tx.insert(services).values({ application, service }).onConflictDoNothing();
  const [counter] = await tx.select().from(services).where(serviceKey({ application, service })).for('update');
  if (!counter) throw new Error(`service ${application}/${service} vanished`);
  return counter;
}

/** The version that is asked for, or that this content has or gets: equal content is the same one (docs/spec.md §5.3). */
export async function storeVersion(
  tx: Tx,
  input: NewVersion & { version?: number },
  counter: Counter,
): Promise<{ version: number; plan: ReleasePlan; created: boolean }> {
  const { application, service } = input;
  const previous = await valuesOf(tx, input, counter.latestVersion);
  const contentDigest = input.contentDigest(previous);
  const known = input.version ?? (await numberOf(tx, input, contentDigest));
  const version = known ?? counter.lastVersion + 1;
  const plan = input.plan({ version, release: counter.lastRelease + 1, previous });
  if (known === undefined) {
    const configVersion = own(plan.pinned, `service/${application}/${service}`) ?? null;
    const content = { contentDigest, configVersion, values: plan.values ?? {} };
    await tx.insert(versions).values({ application, service, number: version, ...content });
  }
  const lastVersion = Math.max(counter.lastVersion, version);
  await tx.update(services).set({ lastVersion, latestVersion: version }).where(serviceKey(input));
  return { version, plan, created: known === undefined };
}

type Read = Pick<Tx, 'select'>;

async function numberOf(read: Read, of: Of, contentDigest: string): Promise<number | undefined> {
  const mine = and(ofService(of), eq(versions.contentDigest, contentDigest));
  const [known] = await read.select({ number: versions.number }).from(versions).where(mine);
  return known?.number;
}

async function valuesOf(read: Read, of: Of, number: number | null | undefined): Promise<ChannelValues | undefined> {
  if (number === null || number === undefined) return undefined;
  const mine = and(ofService(of), eq(versions.number, number));
  const [row] = await read.select({ values: versions.values }).from(versions).where(mine);
  return row?.values ?? undefined;
}
