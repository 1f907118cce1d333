import type { Kind } from '../../src/config/documents.js';
import { given } from '../../src/release/given.js';
import type { ConfigVersion, NewConfig, ServerStore, StoredConfig } from '../../src/server/ports.js';
import { nextVersion } from '../../src/store/config-version.js';

export type ConfigStore = Pick<ServerStore, 'configs' | 'config' | 'configVersions' | 'applyConfigs' | 'deleteConfig'>;
type Row = StoredConfig & { deleted: boolean };

/** Versions of documents in memory. The suite that holds the real store to its promises holds this one too. */
export class FakeConfigStore implements ConfigStore {
  private rows: Row[] = [];

  async configs(kind?: Kind): Promise<StoredConfig[]> {
    return this.newest().filter((row) => kind === undefined || row.kind === kind);
  }

  async config(kind: Kind, key: string, version?: number): Promise<StoredConfig | undefined> {
    const found = this.of(kind, key).find((row) => version === undefined || row.version === version);
    return found && !found.deleted ? stored(found) : undefined;
  }

  async configVersions(kind: Kind, key: string, limit: number): Promise<ConfigVersion[]> {
    return this.of(kind, key)
      .slice(0, limit)
      .map(({ version, appliedBy, appliedAt, source, revertedTo, deleted }) =>
        given({ version, appliedBy, appliedAt, source, revertedTo, deleted }),
      );
  }

  async applyConfigs(decide: (stored: StoredConfig[]) => NewConfig[], by: string) {
    const before = [...this.rows];
    try {
      return decide(this.newest()).map((config) => this.apply(config, by));
    } catch (error) {
      this.rows = before;
      throw error;
    }
  }

  async deleteConfig(
    { kind, key, version }: { kind: Kind; key: string; version: number },
    check: (stored: StoredConfig[]) => void,
    by: string,
  ): Promise<void> {
    const [last] = this.of(kind, key);
    if (last?.deleted && last.version === version + 1) return;
    check(this.newest());
    if (!last) throw new Error(`${kind}/${key} was checked and is not stored`);
    const { source: _, revertedTo: __, ...rest } = last;
    this.rows.push({ ...rest, version: last.version + 1, digest: '', appliedBy: by, appliedAt: now(), deleted: true });
  }

  private apply({ again, after, ...config }: NewConfig, by: string) {
    const { kind, key } = config;
    const [last] = this.of(kind, key);
    const newest = last && { ...last, revertedTo: last.revertedTo ?? null };
    const { version, changed } = nextVersion(newest, given({ ...config, again, after }));
    if (changed) this.rows.push({ ...config, version, appliedBy: by, appliedAt: now(), deleted: false });
    return { kind, key, version, changed };
  }

  /** Every version of a document, newest first. */
  private of(kind: Kind, key: string): Row[] {
    return this.rows.filter((row) => row.kind === kind && row.key === key).toSorted((a, b) => b.version - a.version);
  }

  private newest(): StoredConfig[] {
    const names = new Map(this.rows.map((row) => [`${row.kind}/${row.key}`, row]));
    return [...names.values()]
      .flatMap(({ kind, key }) => this.of(kind, key).slice(0, 1))
      .filter(({ deleted }) => !deleted)
      .map(stored)
      .toSorted((a, b) => (`${a.kind} ${a.key}` < `${b.kind} ${b.key}` ? -1 : 1));
  }
}

function stored(row: Row): StoredConfig {
  const { deleted: _deleted, ...config } = row;
  return config;
}
const now = (): string => '2026-03-01T12:00:00.000Z';
