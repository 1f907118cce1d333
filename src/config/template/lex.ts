import { TemplateError } from './error.js';
import { readToken, type Token } from './token.js';

/** Text between actions, or the tokens of one action, which begins at `offset`. */
export type Segment = { kind: 'text'; text: string } | { kind: 'action'; tokens: Token[]; offset: number };

/** Splits a template into text and actions, with Go's comments and trimming. */
export function lex(template: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const offset = template.indexOf('{{', at);
    const trimBefore = offset >= 0 && /^-[ \t\r\n]/.test(template.slice(offset + 2, offset + 4));
    const text = trimmed(template.slice(at, offset < 0 ? undefined : offset), { start: trimNext, end: trimBefore });
    if (text !== '') segments.push({ kind: 'text', text });
    if (offset < 0) return segments;
    const action = readAction(template, offset, offset + (trimBefore ? 4 : 2));
    if (action.tokens) segments.push({ kind: 'action', tokens: action.tokens, offset });
    trimNext = action.trimAfter;
    at = action.end;
  }
}

function trimmed(text: string, sides: { start: boolean; end: boolean }): string {
  const from = sides.start ? (/[^ \t\r\n]/.exec(text)?.index ?? text.length) : 0;
  let to = text.length;
  while (sides.end && to > from && ' \t\r\n'.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

interface Close {
  trimAfter: boolean;
  end: number;
}

/** `tokens` are absent for a comment. */
type Action = Close & { tokens?: Token[] };

function readAction(template: string, offset: number, body: number): Action {
  if (template.startsWith('/*', body)) return readComment(template, offset, body);
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = body; ;) {
    const close = closing(template, at);
    if (close) {
      if (depth > 0) throw new TemplateError('TEMPLATE_SYNTAX', 'a parenthesis is not closed', { offset });
      return { tokens, ...close };
    }
    if (at >= template.length) {
      const hint = 'braces that are text are written {{"{{"}}';
      throw new TemplateError('TEMPLATE_SYNTAX', 'an action that begins with {{ does not end', { offset, hint });
    }
    const token = readToken(template, at, offset);
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    if (depth < 0)
      throw new TemplateError('TEMPLATE_SYNTAX', 'a parenthesis is closed that was not opened', { offset });
    tokens.push(token);
    at += token.text.length;
  }
}

/** `}}`, or `-}}` after white space, which takes the white space behind it too. */
function closing(template: string, at: number, pattern = /([ \t\r\n]+-)?\}\}/y): Close | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(template);
  return found ? { trimAfter: found[1] !== undefined, end: pattern.lastIndex } : undefined;
}

/** A comment is alone in its action, without white space of its own. */
function readComment(template: string, offset: number, body: number): Action {
  const end = template.indexOf('*/', body + 2);
  const close = end < 0 ? undefined : closing(template, end + 2, /([ \t\r\n]-)?\}\}/y);
  if (!close) throw new TemplateError('TEMPLATE_SYNTAX', 'a comment ends with */ right before }}', { offset });
  return close;
}
