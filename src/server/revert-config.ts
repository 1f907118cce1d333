import type { Issue } from '../config/documents.js';
import { hasErrors } from '../config/issue.js';
import type { ReadResult } from '../config/read.js';
import { storedFiles } from '../config/stored-files.js';
import { given } from '../release/given.js';
import { TowpathError } from '../release/towpath-error.js';
import type { RevertAnswer, RevertBody } from './api/config-versions.js';
import { notStored, readVersion } from './config-versions.js';
import { check, differences, readFiles, type Checked } from './configs.js';
import type { NewConfig, ServerStore, StoredConfig } from './ports.js';
import { IssuesError } from './problem.js';

type Store = Pick<ServerStore, 'configs' | 'config' | 'configVersions' | 'applyConfigs'>;

/**
 * Stores the content of an older version as a new one, or says what would happen. Its text is read once more, by the rules of
 * today and against what is stored today; throws IssuesError with every mistake. Safe to repeat: `version` is the newest one
 * that was seen, and when it was reverted already that is answered.
 */
export async function revertConfig(store: Store, body: RevertBody, by: string): Promise<RevertAnswer> {
  const { kind, key, version: seen, force } = body;
  const [newest] = await store.configVersions(kind, key, 1);
  if (!newest) throw notStored({ kind, key });
  const target = await targetOf(store, body, seen ?? newest.version);
  const read = readFiles(storedFiles(`${kind}/${key}`, target));
  if (seen === undefined) return preview(await store.configs(), { target, read, version: newest.version });
  let before: StoredConfig[] = [];
  let checked: Checked = { configs: [], issues: [] };
  const [stored] = await store.applyConfigs((all) => {
    before = all;
    checked = check(read, all);
    refuseErrors(checked.issues, target);
    const more = given({ source: target.source, revertedTo: target.version, again: force ? seen : undefined });
    return checked.configs.map((config): NewConfig => ({ ...config, ...more, after: seen }));
  }, by);
  const { configs, issues } = checked;
  const version = stored?.version ?? newest.version;
  const documents = differences(before, configs);
  return { kind, key, version, to: target.version, reverted: version !== seen, documents, issues };
}

/** A deletion has no content, and never follows another one: the version before it has. */
async function targetOf(store: Store, { kind, key, to }: RevertBody, present: number): Promise<StoredConfig> {
  if (to !== undefined) return readVersion(store, { kind, key }, to);
  const before = (await store.config(kind, key, present - 1)) ?? (await store.config(kind, key, present - 2));
  if (before) return before;
  throw new TowpathError('NOT_FOUND', `${kind}/${key} has no version before version ${present}`, {
    hint: `\`towpath configs history ${kind}/${key}\` shows its versions`,
  });
}

interface Preview {
  target: StoredConfig;
  read: ReadResult;
  /** The newest one. */
  version: number;
}

function preview(stored: readonly StoredConfig[], { target, read, version }: Preview): RevertAnswer {
  const { kind, key, version: to } = target;
  const { configs, issues } = check(read, stored);
  return { kind, key, version, to, reverted: false, documents: differences(stored, configs), issues };
}

function refuseErrors(issues: Issue[], { kind, key, version }: StoredConfig): void {
  if (!hasErrors(issues)) return;
  const detail = `version ${version} of ${kind}/${key} does not fit what is stored now, nothing was stored`;
  throw new IssuesError(detail, issues);
}
