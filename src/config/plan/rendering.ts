import { forKubernetes } from '../expand.js';
import { quoted, type Path } from '../issue.js';
import type { Placed } from '../read.js';
import { render, type Scope } from '../template/render.js';

/** A mistake found while a plan is made: in which document, and for which channel. */
export type PlanIssue = Placed & {
  /** Key of the document: `runtime/my-custom-runtime`. */
  document: string;
  channel?: string | undefined;
  /** What of a start is wrong, and no text of a document: `--param n=x`. */
  option?: string | undefined;
};

/** Where the texts of one document are rendered for one channel. */
export interface Rendering {
  document: string;
  channel: string | undefined;
  scope: Scope;
  report: (issue: PlanIssue) => void;
}

/** The place of a text, and what becomes of it. */
export interface TextAt {
  path: Path;
  /** In the manifest of the command at this path. */
  inManifest?: Path;
  atKey?: boolean;
  /** Kubernetes expands `$(NAME)` in it. */
  expanded?: boolean;
}

/**
 * Stands for a text that only a release can give, or that could not be rendered. No other text holds U+0000, so it is never
 * taken for a value; and a plan in which it occurs is never handed out.
 */
export const openText = '\0';

export const isOpen = (text: string): boolean => text.includes(openText);

export function reportTo(
  { document, channel, report }: Rendering,
  issue: Omit<PlanIssue, 'document' | 'channel'>,
): void {
  report({ document, channel, ...issue });
}

/** Renders a text; what comes out is data. Mistakes are reported, and the text stays open. */
export function renderText(text: string, { expanded, ...at }: TextAt, rendering: Rendering): string {
  warnOfBrace(text, at, rendering);
  const rendered = render(text, rendering.scope);
  if ('open' in rendered) return openText;
  if ('errors' in rendered) {
    for (const { code, message, offset, hint } of rendered.errors)
      reportTo(rendering, { ...at, code, message, offset, hint });
    return openText;
  }
  const joined = expanded ? forKubernetes(rendered.parts) : rendered.parts.map((part) => part.text).join('');
  if (isOpen(joined))
    reportTo(rendering, { ...at, code: 'TEMPLATE_EXEC', message: 'text cannot hold the character U+0000' });
  return joined;
}

/** `{.Params.x}}`, `{Params.x}`: text like any other, and hardly ever meant to be. */
const missingBrace = /(?<!\{)\{\s*\.?((?:Params|Constants|Builtins)\.[\w.]+)\s*\}/;

function warnOfBrace(text: string, at: TextAt, rendering: Rendering): void {
  const found = missingBrace.exec(text);
  if (!found) return;
  const message = `this is no template but text: ${quoted(found[0])}`;
  const hint = `a template has two braces on both sides: {{.${found[1]}}}`;
  reportTo(rendering, { ...at, severity: 'warning', code: 'TEMPLATE_SYNTAX', message, offset: found.index, hint });
}

/** Renders a text that must not be empty. */
export function renderFull(text: string, at: TextAt, rendering: Rendering): string {
  const rendered = renderText(text, at, rendering);
  if (rendered !== '') return rendered;
  reportTo(rendering, { ...at, code: 'BAD_VALUE', message: 'must not be empty, and it is once it is rendered' });
  return openText;
}
