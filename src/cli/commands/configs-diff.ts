import { hasErrors } from '../../config/issue.js';
import { defineCommand } from '../command.js';
import { loadFiles, showIssues } from '../config-files.js';
import { renderDiff } from '../render/diff.js';

/** What `configs apply` would change, line by line. */
export const command = defineCommand({
  examples: [
    ['configs diff app.pvn.yaml', 'one file'],
    ['configs diff deploy/...', 'deploy/ and everything below it'],
  ],
  text: [
    'Compares documents as they are understood, stored against files, in YAML with sorted keys. Stores nothing.',
    'The exit code is 0 also when they differ, and 1 when the files have errors.',
  ].join('\n'),
  async run(context, paths) {
    const answer = await (await context.api()).diff(loadFiles(context, paths));
    showIssues(context, answer.issues);
    context.answer(answer, () => renderDiff(answer, context.colors));
    if (hasErrors(answer.issues)) return 1;
    if (answer.documents.every(({ change }) => change === 'unchanged')) context.io.err('nothing differs');
    return 0;
  },
});
