import { hasErrors } from '../../config/issue.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { ConfigsAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import { changesTable, invalid, loadFiles, showStored } from '../config-files.js';
import type { Context } from '../context.js';
import { countOf } from '../render/text.js';
import { changedRuntimes, noWaitOption, sayServed } from '../serving.js';

/** Shows what would change, asks once, and stores all of it or nothing. */
export const command = defineCommand<{ yes?: boolean; prompt: boolean; wait: boolean }>({
  options: [['-y, --yes', 'store without asking'], ['--no-prompt', 'the same, as pvnctl has it'], noWaitOption],
  examples: [
    ['configs apply app.pvn.yaml service.pvn.yaml', 'two files'],
    ['configs apply deploy/... --yes', 'in CI: everything below deploy/'],
  ],
  text: 'Nothing is released by it. All documents are stored, or none when one of them has an error.',
  async run(context, paths, { yes, prompt, wait }) {
    const body = loadFiles(context, paths);
    const api = await context.api();
    const preview = await api.validate(body);
    if (hasErrors(preview.issues)) throw invalid(preview.issues, `${errorsIn(preview)}; nothing was stored`);
    const changed = preview.documents.filter(({ change }) => change !== 'unchanged').length;
    if (changed > 0 && !yes && prompt && !(await confirmed(context, preview, changed))) {
      context.io.err('nothing was stored');
      return 1;
    }
    const stored = await api.apply(body);
    const code = showStored(context, stored);
    if (changed === 0) context.io.err('nothing has changed');
    const runtimes = changedRuntimes(stored);
    if (wait && runtimes.length > 0) await sayServed(context, api, runtimes);
    return code;
  },
});

const errorsIn = ({ issues }: ConfigsAnswer): string =>
  countOf(issues.filter(({ severity }) => severity === 'error').length, 'error');

async function confirmed(context: Context, preview: ConfigsAnswer, changed: number): Promise<boolean> {
  const { io } = context;
  const documents = countOf(changed, 'document');
  for (const line of changesTable(context, preview)) io.err(line);
  if (!io.canAsk)
    throw new TowpathError('BAD_REQUEST', `${documents} would be stored, and there is nobody to ask`, {
      hint: 'give --yes',
    });
  const answer = await io.ask(`Store ${documents}? [y/N] `);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
