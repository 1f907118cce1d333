import type { Issue } from '../config/documents.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Problem } from '../server/api.js';

/** An error that issues about configuration explain: a refusal of the server, or what the files themselves say. */
export class IssuesError extends TowpathError {
  readonly issues: readonly Issue[];

  constructor({ code, detail, hint, issues = [] }: Pick<Problem, 'code' | 'detail' | 'hint' | 'issues'>) {
    super(code, detail, hint === undefined ? {} : { hint });
    this.issues = issues;
  }
}
