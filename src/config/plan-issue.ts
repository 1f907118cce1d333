import type { ErrorCode } from '../release/codes.js';
import type { Path } from './issue.js';
import { TemplateError } from './template/error.js';
import { render } from './template/render.js';
import type { Data } from './template/data.js';

/** A mistake found while a plan is made: which document, where in it, and for which channel. */
export interface PlanIssue {
  code: ErrorCode;
  /** `runtime/my-custom-runtime` */
  document: string;
  path: Path;
  message: string;
  hint?: string;
  severity?: 'error' | 'warning';
}

/** Where texts are rendered: collects mistakes, and answers the text as it was for those that have one. */
export interface Rendering {
  document: string;
  data: Map<string, Data>;
  issues: PlanIssue[];
  channel: string;
}

/** Renders one text of a document. */
export function renderText(text: string, path: Path, { document, data, issues, channel }: Rendering): string {
  try {
    return render(text, data);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    issues.push({ code: error.code, document, path, message: `${error.message} (channel "${channel}")`, ...hint });
    return text;
  }
}
