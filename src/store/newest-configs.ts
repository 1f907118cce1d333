import { desc, eq, type SQL } from 'drizzle-orm';
import type { Kind } from '../config/documents.js';
import { Recent } from '../config/recent.js';
import { given } from '../release/given.js';
import type { ConfigVersion, StoredConfig } from '../server/ports.js';
import type { Drizzle } from './database.js';
import { configs } from './schema.js';
import { isGiven, statement } from './statement.js';

type Row = typeof configs.$inferSelect;

/** A version of a document as the server knows it. */
export const stored = (row: Row): StoredConfig => ({
  ...origin(row),
  kind: row.kind as Kind,
  key: row.key,
  document: row.document,
  text: row.text,
  digest: row.digest,
});

export const originColumns = {
  version: configs.version,
  appliedBy: configs.appliedBy,
  appliedAt: configs.appliedAt,
  source: configs.source,
  revertedTo: configs.revertedTo,
};

/** Where a version came from. */
export const origin = (row: Pick<Row, keyof typeof originColumns>): Omit<ConfigVersion, 'deleted'> =>
  given({
    version: row.version,
    appliedBy: row.appliedBy,
    appliedAt: row.appliedAt.toISOString(),
    source: row.source ?? undefined,
    revertedTo: row.revertedTo ?? undefined,
  });

type Reader = Pick<Drizzle, 'selectDistinctOn'>;

const newestFirst = [configs.kind, configs.key, desc(configs.version)] as const;

/** The newest version of every document that is not deleted, or of those of one kind. */
export async function newestOf(read: Reader, kind?: Kind): Promise<StoredConfig[]> {
  const rows = await read
    .selectDistinctOn([configs.kind, configs.key])
    .from(configs)
    .where(kind === undefined ? undefined : eq(configs.kind, kind))
    .orderBy(...newestFirst);
  return rows.filter(({ deleted }) => !deleted).map(stored);
}

/** What tells one version of a document from all others; digest and time too, since a restored database may number another one the same. */
const identity = {
  kind: configs.kind,
  key: configs.key,
  version: configs.version,
  digest: configs.digest,
  deleted: configs.deleted,
  appliedAt: configs.appliedAt,
};

const versionsOf = (db: Drizzle, where?: SQL) =>
  db
    .selectDistinctOn([configs.kind, configs.key], identity)
    .from(configs)
    .where(where)
    .orderBy(...newestFirst);

const newestVersions = statement('newest_versions', (db) => versionsOf(db));
const newestOfKind = statement('newest_versions_of_kind', (db) => versionsOf(db, isGiven(configs.kind)));

/** Characters of the texts of what is kept; the documents beside them are about as large again, or twice. */
const kept = 16 * 1024 * 1024;

/**
 * The same, without reading again what was read before: which versions are the newest is asked each time, and a version never
 * changes. A start of a release needs the documents of the whole installation, and nearly always finds them here.
 */
export class NewestConfigs {
  private readonly versions = new Recent<StoredConfig>(kept, (key, { text }) => key.length + text.length);

  async read(read: Drizzle, kind?: Kind): Promise<StoredConfig[]> {
    const rows = kind === undefined ? await newestVersions(read, {}) : await newestOfKind(read, { kind });
    const known = rows.filter((row) => !row.deleted).map((row) => this.versions.get(nameOf(row)));
    if (known.every((config) => config !== undefined)) return known;
    const all = await newestOf(read, kind);
    return all.map((config) => this.versions.keep(nameOf(config), frozen(config)));
  }
}

type Named = Pick<Row, 'kind' | 'key' | 'version' | 'digest'> & { appliedAt: Date | string };

/** A date and its text are the same in JSON. */
const nameOf = ({ kind, key, version, digest, appliedAt }: Named) =>
  JSON.stringify([kind, key, version, digest, appliedAt]);

/** Everyone gets the same one. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
