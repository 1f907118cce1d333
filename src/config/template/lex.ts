import { TemplateError } from './error.js';

/** Text between actions, or the tokens of one action. */
export type Segment = { kind: 'text'; text: string } | { kind: 'action'; tokens: Token[]; offset: number };

export interface Token {
  kind: 'path' | 'word' | 'string' | 'number' | 'open' | 'close' | 'pipe';
  text: string;
  offset: number;
}

/** Splits a template into text and actions, with Go's trimming and comments. */
export function lex(template: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let trimNext = false;
  const addText = (text: string, trimEnd: boolean): void => {
    const start = trimNext ? text.replace(/^[ \t\r\n]+/, '') : text;
    const trimmed = trimEnd ? start.replace(/[ \t\r\n]+$/, '') : start;
    if (trimmed !== '') segments.push({ kind: 'text', text: trimmed });
  };
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open < 0) {
      addText(template.slice(at), false);
      return segments;
    }
    const trimLeft = /^\{\{-[ \t\r\n]/.test(template.slice(open, open + 4));
    addText(template.slice(at, open), trimLeft);
    const body = open + (trimLeft ? 3 : 2);
    const action = readAction(template, body, open);
    if (action.tokens) segments.push({ kind: 'action', tokens: action.tokens, offset: open });
    trimNext = action.trimRight;
    at = action.end;
  }
}

interface Action {
  /** Absent for a comment. */
  tokens?: Token[];
  trimRight: boolean;
  end: number;
}

const comment = /^\s*\/\*[\s\S]*?\*\/(\s-)?\}\}/;

function readAction(template: string, body: number, open: number): Action {
  const rest = template.slice(body);
  const remark = comment.exec(rest);
  if (remark) return { trimRight: remark[1] !== undefined, end: body + remark[0].length };
  const tokens: Token[] = [];
  let at = body;
  for (;;) {
    const tail = template.slice(at);
    const close = /^(?:([ \t\r\n]+-)|[ \t\r\n]*)\}\}/.exec(tail);
    if (close) return { tokens, trimRight: close[1] !== undefined, end: at + close[0].length };
    const space = /^[ \t\r\n]+/.exec(tail)?.[0].length ?? 0;
    if (space > 0) {
      at += space;
      continue;
    }
    if (tail === '')
      throw new TemplateError(
        'TEMPLATE_SYNTAX',
        'an action that begins with {{ has no }}',
        open,
        'write {{"{{"}} for braces that are text',
      );
    const token = readToken(tail, at);
    tokens.push(token.token);
    at += token.length;
  }
}

const patterns: readonly [Token['kind'], RegExp][] = [
  ['string', /^"(?:[^"\\\n]|\\.)*"|^`[^`]*`/],
  ['number', /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?![\w.])/],
  ['path', /^\$?(?:\.[\p{L}_][\p{L}\p{N}_]*)+|^\$|^\./u],
  ['word', /^[\p{L}_][\p{L}\p{N}_]*/u],
  ['open', /^\(/],
  ['close', /^\)/],
  ['pipe', /^\|/],
];

function readToken(tail: string, offset: number): { token: Token; length: number } {
  for (const [kind, pattern] of patterns) {
    const text = pattern.exec(tail)?.[0];
    if (text !== undefined) return { token: { kind, text, offset }, length: text.length };
  }
  const construct = /^(:=|\$[\w]+|=|,|'.)/.exec(tail)?.[0];
  if (construct !== undefined)
    throw new TemplateError('TEMPLATE_UNSUPPORTED', `"${construct}" is not supported in a template`, offset);
  throw new TemplateError('TEMPLATE_SYNTAX', `"${tail.slice(0, 1)}" is not expected here`, offset);
}
