import type { Kind } from '../config/documents.js';
import { TowpathError } from '../release/towpath-error.js';
import type { DeleteAnswer } from '../server/api/delete-config.js';
import type { Option } from './command.js';
import type { Context } from './context.js';

export interface DeleteOptions {
  yes?: boolean;
}

export const deleteOptions: readonly Option[] = [['-y, --yes', 'delete it; without this nothing happens']];

export const deleteText =
  'Refused while something refers to it. What was deployed stays, and so does the history of the document.';

/** Says what deleting would do, and does it with `--yes`. Exit code 1 when it is refused. */
export async function deleteDocument(
  context: Context,
  { kind, key }: { kind: Kind; key: string },
  { yes }: DeleteOptions,
): Promise<number> {
  const api = await context.api();
  const found = await api.deleteConfig({ kind, key });
  if (!yes || blockers(found).length > 0) return preview(context, found, yes === true);
  const answer = await api.deleteConfig({ kind, key, version: found.version });
  context.answer(answer, () => [`${kind}/${key} is deleted; what was deployed stays`]);
  return 0;
}

const blockers = ({ referredBy, openReleases }: DeleteAnswer): string[] => [
  ...referredBy.map((name) => `${name} refers to it`),
  ...openReleases.map((id) => `release ${id} is not over and needs it`),
];

function preview(context: Context, found: DeleteAnswer, asked: boolean): number {
  const { kind, key, version } = found;
  const why = blockers(found);
  if (asked) throw new TowpathError('NOT_ALLOWED', `${kind}/${key} cannot be deleted: ${why.join('; ')}`);
  context.answer(found, () => [
    `${kind}/${key}, version ${version}, ${why.length > 0 ? 'cannot be deleted' : 'would be deleted; what was deployed stays'}`,
    ...why.map((line) => `  ${line}`),
  ]);
  if (why.length === 0) context.io.err('nothing was deleted; give --yes to do it');
  return why.length === 0 ? 0 : 1;
}
