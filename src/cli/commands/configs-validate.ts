import { hasErrors, sortIssues } from '../../config/issue.js';
import { defineCommand } from '../command.js';
import { loadFiles, showIssues, summary } from '../config-files.js';

/** Checks files against each other; with `--remote` also against what the server has. */
export const command = defineCommand<{ remote?: boolean }>({
  options: [['--remote', 'also check against what is stored (asks the server)']],
  examples: [
    ['configs validate app.pvn.yaml', 'one file'],
    ['configs validate deploy/...', 'deploy/ and everything below it'],
  ],
  text: 'A PATH is a .yaml file, a folder (its *.pvn.yaml and *.towpath.yaml), or FOLDER/... for all below it.',
  async run(context, paths, { remote }) {
    const body = loadFiles(context, paths);
    const { issues, documents } = remote ? await (await context.api()).validate(body) : await checkHere(body);
    showIssues(context, issues);
    const bad = hasErrors(issues);
    if (context.json) context.io.out(JSON.stringify({ issues, documents }, null, 2));
    else if (!bad) context.io.out(summary(documents.length));
    return bad ? 1 : 0;
  },
});

async function checkHere(body: ReturnType<typeof loadFiles>) {
  const { readDocuments } = await import('../../config/read.js');
  const { validate } = await import('../../config/validate.js');
  const read = readDocuments(body.files, body.attachments);
  const issues = sortIssues([...read.issues, ...validate(read, [], { server: false })]);
  const documents = read.documents.map(({ name, key }) => ({ kind: name.kind, key }));
  return { issues, documents };
}
