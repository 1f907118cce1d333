import type { Attachment, Issue, SourceFile } from '../../src/config/documents.js';
import { hasErrors, sortIssues } from '../../src/config/issue.js';
import { catalogOf } from '../../src/config/catalog.js';
import type { ConfigDocument, Service } from '../../src/config/model.js';
import { makePlan } from '../../src/config/plan.js';
import { readDocuments, type ReadResult } from '../../src/config/read.js';
import { showIssue } from '../../src/config/show-issue.js';
import { validate } from '../../src/config/validate.js';

/** Everything that is done with files: read, check, plan each service, show what was found. Throws what does not hold. */
export function everything(files: readonly SourceFile[], attachments: readonly Attachment[] = []): Issue[] {
  const read = readDocuments(files, attachments);
  const documents = read.documents.map(({ document }) => document);
  const issues = sortIssues([...read.issues, ...validate(read, [], { server: true })]);
  const sound = !hasErrors(issues);
  for (const document of documents) if (document.kind === 'service') plan(document, { documents, sound });
  readAgain(read, attachments);
  for (const issue of issues) showIssue(issue);
  return issues;
}

/** What was checked without a mistake can be planned; and nothing that is planned is unknown. */
function plan(service: Service, { documents, sound }: { documents: readonly ConfigDocument[]; sound: boolean }): void {
  const application = catalogOf(documents).applications.get(service.application);
  if (!application) return;
  const input = {
    documents,
    application,
    service,
    texts: new Map<string, string>(),
    versions: {},
    version: 1,
    release: 1,
  };
  makePlan({ ...input, values: { all: { changeId: '{{x}}' }, byChannel: { constructor: { a: 'b' } } } });
  const planned = makePlan({ ...input, values: { all: {}, byChannel: {} } });
  if (JSON.stringify(planned).includes('\\u0000')) throw new Error('a plan holds what is not known');
  const wrong = 'issues' in planned && sound && service.parameters.length === 0;
  if (wrong) throw new Error(`checked without a mistake, and then: ${JSON.stringify(planned.issues)}`);
}

/** The text of each document is that document. In a file whose YAML is broken one may end anywhere. */
function readAgain({ documents, issues }: ReadResult, attachments: readonly Attachment[]): void {
  if (issues.some(({ code }) => code === 'YAML_SYNTAX')) return;
  for (const { document, text } of documents) {
    const again = readDocuments([{ path: 'a.pvn.yaml', text }], attachments).documents;
    if (JSON.stringify(again.map((each) => each.document)) !== JSON.stringify([document]))
      throw new Error(`read again, this is another document: ${text}`);
  }
}

/** Mistakes whose place is not in the files, or whose line or caret is not there. */
export const misplaced = (issues: readonly Issue[], files: readonly SourceFile[]): Issue[] =>
  issues.filter(({ at, line, caret }) => {
    if (!at || line === undefined || caret === undefined) return true;
    const file = files.find(({ path }) => path === at.file);
    const written = file?.text.replace(/^\uFEFF/, '').split('\n')[at.line - 1];
    return !written?.includes(line) || !isIn(written, at.column) || !isIn(line, caret);
  });

/** A column may also stand behind the last character. */
const isIn = (line: string, column: number): boolean => column >= 1 && column <= line.length + 1;
