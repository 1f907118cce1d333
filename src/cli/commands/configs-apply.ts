import { hasErrors } from '../../config/issue.js';
import { sourceText } from '../../config/source-text.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { ConfigsAnswer, DiffAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import { changesTable, invalid, loadFiles, showStored } from '../config-files.js';
import type { Context } from '../context.js';
import { renderDiff } from '../render/diff.js';
import { countOf } from '../render/text.js';
import { changedRuntimes, noWaitOption, sayServed } from '../serving.js';

/** Shows what would change, asks once, and stores all of it or nothing. */
export const command = defineCommand<{
  yes?: boolean;
  prompt: boolean;
  force?: boolean;
  source?: string;
  wait: boolean;
}>({
  options: [
    ['-y, --yes', 'store without asking'],
    ['--no-prompt', 'the same as --yes'],
    ['--force', 'a new version also of what has not changed'],
    ['--source <text>', 'where the files came from, such as a git commit; kept with each version'],
    noWaitOption,
  ],
  examples: [
    ['configs apply app.pvn.yaml service.pvn.yaml', 'two files'],
    ['configs apply deploy/... --yes --source "$(git rev-parse HEAD)"', 'in CI: everything below deploy/'],
  ],
  text: [
    'Shows the difference as `configs diff` does, and asks once. Nothing is released by it. All documents are stored, or',
    'none when one of them has an error.',
  ].join('\n'),
  async run(context, paths, { yes, prompt, force, source, wait }) {
    const body = { ...loadFiles(context, paths), ...sourceIn(source) };
    const api = await context.api();
    const answer = await api.diff({ files: body.files, attachments: body.attachments });
    const preview = previewOf(answer, force ?? false);
    if (hasErrors(preview.issues)) throw invalid(preview.issues, `${errorsIn(preview)}; nothing was stored`);
    const changed = preview.documents.filter(({ change }) => change !== 'unchanged').length;
    if (changed > 0 && !yes && prompt && !(await agreed(context, answer, preview))) {
      context.io.err('nothing was stored');
      return 1;
    }
    const stored = await api.apply(force ? { ...body, force: versionsOf(answer) } : body);
    const code = showStored(context, stored);
    if (changed === 0) context.io.err('nothing has changed');
    if (wait) await sayServed(context, api, changedRuntimes(stored));
    return code;
  },
});

function sourceIn(source: string | undefined): { source?: string } {
  if (source === undefined || source === '') return {};
  if (sourceText.test(source)) return { source };
  throw new TowpathError('BAD_REQUEST', '--source takes printable text of 200 characters at most');
}

const errorsIn = ({ issues }: ConfigsAnswer): string =>
  countOf(issues.filter(({ severity }) => severity === 'error').length, 'error');

/** What storing it would answer, without the versions that it would make. */
const previewOf = ({ documents, issues }: DiffAnswer, force: boolean): ConfigsAnswer => ({
  documents: documents.map(({ kind, key, change, stored }) => {
    if (change !== 'unchanged') return { kind, key, change };
    if (force) return { kind, key, change: 'forced' };
    return { kind, key, change, ...(stored === undefined ? {} : { version: stored }) };
  }),
  issues,
});

/** Those that `--force` stores anew: with what was seen, so that an answer that was lost stores nothing twice. */
const versionsOf = ({ documents }: DiffAnswer): Record<string, number> =>
  Object.fromEntries(
    documents.flatMap(({ kind, key, stored }) => (stored === undefined ? [] : [[`${kind}/${key}`, stored]])),
  );

/** Shows the difference, and asks. */
async function agreed(context: Context, answer: DiffAnswer, preview: ConfigsAnswer): Promise<boolean> {
  for (const line of renderDiff(answer, context.colors)) context.io.err(line);
  const changed = preview.documents.filter(({ change }) => change !== 'unchanged').length;
  return confirmed(context, preview, changed);
}

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
