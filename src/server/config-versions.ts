import type { Kind } from '../config/documents.js';
import { given } from '../release/given.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ConfigVersion } from './api/config-versions.js';
import type { ConfigVersion as Version, ServerStore, StoredConfig } from './ports.js';

interface Of {
  kind: Kind;
  key: string;
}

type Versions = Pick<ServerStore, 'config' | 'configVersions'>;

/** What became of a document, newest first; NOT_FOUND when there never was one. */
export async function listVersions(store: Versions, of: Of, limit: number): Promise<ConfigVersion[]> {
  const versions = await store.configVersions(of.kind, of.key, limit);
  if (versions.length === 0) throw notStored(of);
  return versions.map(({ deleted, ...version }) => given({ ...version, change: changeOf(deleted, version) }));
}

function changeOf(deleted: boolean, { revertedTo }: Pick<Version, 'revertedTo'>): ConfigVersion['change'] {
  if (deleted) return 'deleted';
  return revertedTo === undefined ? 'applied' : 'reverted';
}

/** One version of a document, the newest unless said. Of a deleted one the versions before are there still. */
export async function readVersion(store: Versions, of: Of, version?: number): Promise<StoredConfig> {
  const found = await store.config(of.kind, of.key, version);
  if (found) return found;
  const [newest] = await store.configVersions(of.kind, of.key, 1);
  throw newest ? notThere(of, newest, version ?? newest.version) : notStored(of);
}

/** Versions are numbered without a gap, so one that has no content was never stored, or is a deletion. */
function notThere({ kind, key }: Of, newest: Version, version: number): TowpathError {
  const name = `${kind}/${key}`;
  const hint = `\`towpath configs history ${name}\` shows its versions`;
  if (version === newest.version)
    return new TowpathError('NOT_FOUND', `${name} was deleted in version ${version}`, {
      hint: `${hint}, and \`towpath configs revert ${name}\` brings it back`,
    });
  const why =
    version > newest.version || version < 1
      ? `${name} has no version ${version}; its newest is ${newest.version}`
      : `version ${version} of ${name} is a deletion, and has no content`;
  return new TowpathError('NOT_FOUND', why, { hint });
}

/** The error that a document which never was stored is, or which is not any more. */
export const notStored = ({ kind, key }: Of): TowpathError =>
  new TowpathError('NOT_FOUND', `${kind}/${key} is not stored`, { hint: '`towpath configs list` shows what is' });
