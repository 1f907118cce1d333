import { hasErrors } from '../../config/issue.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { RevertAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import { invalid, showIssues } from '../config-files.js';
import type { Context } from '../context.js';
import { parseDocumentName } from '../document-name.js';
import { versionIn } from '../document-version.js';
import { renderDiff } from '../render/diff.js';

interface Options {
  to?: string;
  yes?: boolean;
  force?: boolean;
}

/** Shows what would come back, asks once, and stores it as a new version. */
export const command = defineCommand<Options>({
  options: [
    ['--to <version>', 'whose content comes back; the one before the newest unless said'],
    ['-y, --yes', 'store without asking'],
    ['--force', 'a new version also when the content is equal'],
  ],
  examples: [
    ['configs revert runtime/vm', 'the version before the newest'],
    ['configs revert service/my-app/my-service --to 3 --yes', ''],
  ],
  text: [
    'The old content becomes a new version; nothing is rewritten, and nothing is released by it. It is checked as a file',
    'is now, against what is stored now, with the manifest that was stored with it. Brings a deleted document back too.',
  ].join('\n'),
  async run(context, [name = ''], { to, yes, force }) {
    const of = { ...parseDocumentName(name), ...(to === undefined ? {} : { to: versionIn('--to', to) }) };
    const api = await context.api();
    const found = await api.revertConfig(of);
    if (hasErrors(found.issues)) throw invalid(found.issues, `${labelOf(found)} does not fit what is stored now`);
    showIssues(context, found.issues);
    if (isEqual(found) && !force) {
      context.answer(found, () => [`nothing differs: ${labelOf(found)} is what is stored`]);
      return 0;
    }
    if (!yes && !(await agreed(context, found))) {
      context.io.err('nothing was stored');
      return 1;
    }
    const { version, to: target } = found;
    const answer = await api.revertConfig({ ...of, to: target, version, ...(force ? { force } : {}) });
    context.answer(answer, () => [
      `${of.kind}/${of.key} has the content of version ${answer.to} again, as version ${answer.version}`,
    ]);
    return 0;
  },
});

const labelOf = ({ kind, key, to }: RevertAnswer): string => `version ${to} of ${kind}/${key}`;
const isEqual = ({ documents }: RevertAnswer): boolean => documents.every(({ change }) => change === 'unchanged');

async function agreed(context: Context, found: RevertAnswer): Promise<boolean> {
  const { io } = context;
  for (const line of renderDiff(found, context.colors)) io.err(line);
  if (!io.canAsk)
    throw new TowpathError('BAD_REQUEST', `${labelOf(found)} would be stored again, and there is nobody to ask`, {
      hint: 'give --yes',
    });
  const answer = await io.ask(`Store the content of ${labelOf(found)} again? [y/N] `);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
