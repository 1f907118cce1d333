import { loadPaths } from '../../config/load.js';
import { packageFile } from '../../embedded/layout.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { Api } from '../api.js';
import { changesTable } from '../config-files.js';
import type { Context } from '../context.js';

/** Stores `examples/demo`. Documents of the same names that somebody wrote are not changed without a word. */
export async function applyExample(context: Context, api: Api, { yes }: { yes: boolean }): Promise<string> {
  const { files, attachments, issues } = loadPaths(['demo'], packageFile('examples'));
  const [issue] = issues;
  if (issue) throw new TowpathError(issue.code, issue.message, { hint: 'the package is not complete' });
  const body = { files, attachments };
  const preview = await api.validate(body);
  const changed = preview.documents
    .filter(({ change }) => change === 'changed')
    .map(({ kind, key }) => `${kind}/${key}`);
  if (changed.length > 0 && !yes) {
    for (const line of changesTable(context, preview)) context.io.err(line);
    await confirm(context, changed);
  }
  const { documents } = await api.apply(body);
  const count = (wanted: string): number => documents.filter(({ change }) => change === wanted).length;
  const parts = (['new', 'changed', 'unchanged'] as const).flatMap((change) =>
    count(change) === 0 ? [] : [`${count(change)} ${change}`],
  );
  return `examples/demo: ${parts.join(', ')}`;
}

async function confirm({ io }: Context, changed: string[]): Promise<void> {
  const message = `the demo would change ${changed.join(', ')}`;
  const answer = io.canAsk ? await io.ask(`${message}. Go on? [y/N] `) : undefined;
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new TowpathError('NOT_ALLOWED', `${message}, which is stored already with other content`, {
    hint: 'give --yes, or another TOWPATH_HOME',
  });
}
