import { and, desc, eq, sql } from 'drizzle-orm';
import type { NewConfig, ServerStore } from '../server/ports.js';
import { nextVersion } from './config-version.js';
import { notify, type Database, type Tx } from './database.js';
import { newestOf, NewestConfigs, origin, originColumns, stored } from './newest-configs.js';
import { configs } from './schema.js';

/** How to reach a linked cluster, as its document says (docs/spec.md §2.2). */
export interface ClusterLink {
  context?: string;
  kubeconfig?: string;
  inCluster?: boolean;
}

/** Configuration documents, every version of them. */
export const configQueries = (
  db: Database,
): Pick<ServerStore, 'configs' | 'config' | 'configVersions' | 'applyConfigs' | 'deleteConfig'> & {
  linkedClusters(): Promise<{ name: string; link: ClusterLink }[]>;
} => {
  const newest = new NewestConfigs();
  return {
    configs: (kind) => db.read((read) => newest.read(read, kind)),
    config: (kind, key, version) =>
      db.read(async (read) => {
        const mine = and(
          eq(configs.kind, kind),
          eq(configs.key, key),
          version === undefined ? undefined : eq(configs.version, version),
        );
        const [row] = await read.select().from(configs).where(mine).orderBy(desc(configs.version)).limit(1);
        return row && !row.deleted ? stored(row) : undefined;
      }),
    configVersions: (kind, key, limit) =>
      db.read(async (read) => {
        const rows = await read
          .select({ ...originColumns, deleted: configs.deleted })
          .from(configs)
          .where(and(eq(configs.kind, kind), eq(configs.key, key)))
          .orderBy(desc(configs.version))
          .limit(limit);
        return rows.map((row) => ({ ...origin(row), deleted: row.deleted }));
      }),
    applyConfigs: (decide, by) =>
      db.write(async (tx) => {
        await lockConfigs(tx);
        const answers = [];
        for (const each of decide(await newest.read(tx))) answers.push(await applyOne(tx, each, by));
        await notify(tx, { configs: true });
        return answers;
      }),
    deleteConfig: (of, check, by) =>
      db.write((tx) => deleteOne(tx, { of, check: async () => check(await newest.read(tx)), by })),
    linkedClusters: () => db.read(linkedOf),
  };
};

/** The clusters that are linked now. */
export const linkedOf = async (read: Pick<Tx, 'selectDistinctOn'>): Promise<{ name: string; link: ClusterLink }[]> =>
  (await newestOf(read, 'runtime')).flatMap(({ key, document }) => {
    const link = (document as { kubernetes?: ClusterLink }).kubernetes;
    return link ? [{ name: key, link }] : [];
  });

/** Nobody else may change what is stored until the transaction ends. */
async function lockConfigs(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('towpath configs'))`);
}

async function applyOne(tx: Tx, config: NewConfig, by: string) {
  const { kind, key, document, text, digest, source, revertedTo } = config;
  const mine = and(eq(configs.kind, kind), eq(configs.key, key));
  const [last] = await tx.select().from(configs).where(mine).orderBy(desc(configs.version)).limit(1);
  const { version, changed } = nextVersion(last, config);
  const row = { kind, key, version, document, text, digest, appliedBy: by, source, revertedTo };
  if (changed) await tx.insert(configs).values(row);
  return { kind, key, version, changed };
}

interface Deleting {
  of: Parameters<ServerStore['deleteConfig']>[0];
  /** Of what is stored now. */
  check: () => Promise<void>;
  by: string;
}

/** The deletion is a version of its own: the versions before it stay, and the next one has a number of its own. */
async function deleteOne(tx: Tx, { of: { kind, key, version }, check, by }: Deleting): Promise<void> {
  await lockConfigs(tx);
  const mine = and(eq(configs.kind, kind), eq(configs.key, key));
  const [last] = await tx.select().from(configs).where(mine).orderBy(desc(configs.version)).limit(1);
  if (last?.deleted && last.version === version + 1) return;
  await check();
  if (!last) throw new Error(`${kind}/${key} was checked and is not stored`);
  const { document, text } = last;
  const deletion = { kind, key, version: last.version + 1, document, text, digest: '', deleted: true, appliedBy: by };
  await tx.insert(configs).values(deletion);
  await notify(tx, { configs: true });
}
