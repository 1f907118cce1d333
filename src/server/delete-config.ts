import { isExtension, type ConfigDocument } from '../config/model.js';
import { referrersOf } from '../config/referrers.js';
import { isEnded } from '../release/status.js';
import { TowpathError } from '../release/towpath-error.js';
import type { DeleteAnswer, DeleteBody } from './api/delete-config.js';
import { notStored } from './config-versions.js';
import type { ReleaseRow, ServerStore, StoredConfig } from './ports.js';

/**
 * Deletes a document, or says what would happen. Refused while something refers to it, or a release that is not over needs it.
 * What was deployed stays, and so do the versions of the document and every counter. Safe to repeat.
 */
export async function deleteConfig(store: ServerStore, body: DeleteBody, by: string): Promise<DeleteAnswer> {
  const open = await store.releasesUnderWay();
  const { version } = body;
  if (version === undefined) return lookAt(body, await store.configs(), open);
  const refuse = (stored: StoredConfig[]): void => refuseIfNeeded(lookAt(body, stored, open), version);
  await store.deleteConfig({ kind: body.kind, key: body.key, version }, refuse, by);
  return { kind: body.kind, key: body.key, version, deleted: true, referredBy: [], openReleases: [] };
}

function lookAt({ kind, key }: DeleteBody, stored: readonly StoredConfig[], open: readonly ReleaseRow[]): DeleteAnswer {
  const found = stored.find((each) => each.kind === kind && each.key === key);
  if (!found) throw notStored({ kind, key });
  const documents = stored.map(({ document }) => document as unknown as ConfigDocument);
  const document = found.document as unknown as ConfigDocument;
  return {
    kind,
    key,
    version: found.version,
    deleted: false,
    referredBy: referrersOf(document, documents),
    openReleases: open.filter((release) => needs(release, document)).map(({ id }) => id),
  };
}

/** A release has its plan, and needs no document any more: but a service is not taken from under it, nor the cluster of its Jobs. */
function needs({ application, service, view }: ReleaseRow, document: ConfigDocument): boolean {
  if (document.kind === 'service') return document.application === application && document.name === service;
  if (document.kind !== 'runtime' || isExtension(document)) return false;
  return view.channels.some(({ cluster, status }) => cluster === document.name && !isEnded(status));
}

function refuseIfNeeded({ kind, key, version, referredBy, openReleases }: DeleteAnswer, asked: number): void {
  if (version !== asked)
    throw new TowpathError('NOT_ALLOWED', `${kind}/${key} is at version ${version} by now, not ${asked}`, {
      hint: 'look at it again, and delete it then',
    });
  const [first] = [...referredBy, ...openReleases];
  if (first === undefined) return;
  const why =
    referredBy.length > 0
      ? `${referredBy.join(', ')} refers to it`
      : `${openReleases.join(', ')} is not over and needs it`;
  throw new TowpathError('NOT_ALLOWED', `${kind}/${key} cannot be deleted: ${why}`);
}
