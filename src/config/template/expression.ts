import type { Expression } from './ast.js';
import type { Known } from './data.js';
import { excerpt, TemplateError } from './error.js';
import { functionNames } from './functions.js';
import { readNumber, readQuoted, readRaw } from './literal.js';
import type { Token } from './token.js';

/** Words of Go that are no functions; the first five are supported. */
export const keywords: readonly string[] = [
  'if',
  'with',
  'range',
  'else',
  'end',
  'define',
  'template',
  'block',
  'break',
  'continue',
];
const supportedKeywords = keywords.slice(0, 5);

const maxDepth = 100;

interface Cursor {
  tokens: Token[];
  at: number;
  offset: number;
  depth: number;
  pipes: number;
}

/** The pipeline of an action, whole. */
export function parseAction(tokens: Token[], offset: number): Expression {
  const cursor: Cursor = { tokens, at: 0, offset, depth: 0, pipes: 0 };
  return pipeline(cursor);
}

const syntax = ({ offset }: { offset: number }, message: string): TemplateError =>
  new TemplateError('TEMPLATE_SYNTAX', message, { offset });

const unsupported = ({ offset }: { offset: number }, what: string, hint?: string): TemplateError =>
  new TemplateError('TEMPLATE_UNSUPPORTED', `${what} is not supported in a template`, { offset, hint });

/** `a | f b`: what a stage gives is the last argument of the next. Ends at a closing parenthesis or at the end. */
function pipeline(cursor: Cursor): Expression {
  let value: Expression | undefined;
  for (;;) {
    value = command(cursor, value);
    const next = cursor.tokens[cursor.at];
    if (next?.kind !== 'pipe') return value;
    cursor.at += 1;
    // Each stage is evaluated inside of the next one, so pipes nest as parentheses do.
    cursor.pipes = deeper(cursor.pipes, cursor);
  }
}

/** Operands with white space between them; a function in front takes the others as its arguments. */
function command(cursor: Cursor, piped: Expression | undefined): Expression {
  skipSpace(cursor);
  const head = cursor.tokens[cursor.at];
  const [first, ...rest] = operands(cursor);
  if (!first) throw noValue(cursor, piped);
  if (head?.kind === 'word' && first.kind === 'call') return { ...first, args: rest, ...(piped && { piped }) };
  if (rest.length > 0 || piped) throw noFunction(cursor, piped ? first : undefined);
  return first;
}

/** Go lets a pipeline end with a pipe, but nobody means to write that. */
function noValue(cursor: Cursor, piped: Expression | undefined): TemplateError {
  const after = cursor.tokens[cursor.at];
  const atEnd = after === undefined || after.kind === 'close';
  return piped && atEnd ? unsupported(cursor, 'a pipe with nothing behind it') : syntax(cursor, 'a value is missing');
}

/** Go refuses a literal or a dot behind a pipe at once; in all other places it waits whether a method or a function is there. */
function noFunction({ offset }: Cursor, behindPipe: Expression | undefined): TemplateError {
  const isDot = behindPipe?.kind === 'path' && behindPipe.from === 'dot' && behindPipe.names.length === 0;
  const never = behindPipe?.kind === 'literal' || isDot;
  return new TemplateError(never ? 'TEMPLATE_SYNTAX' : 'TEMPLATE_UNSUPPORTED', 'only a function takes arguments', {
    offset,
  });
}

function operands(cursor: Cursor): Expression[] {
  const found: Expression[] = [];
  for (let token = cursor.tokens[cursor.at]; token && !ends(token); token = cursor.tokens[cursor.at]) {
    found.push(withFields(operand[token.kind](cursor, token.text), token.kind, cursor));
    if (skipSpace(cursor)) continue;
    const after = cursor.tokens[cursor.at];
    if (after && !ends(after)) throw syntax(cursor, `white space is missing before ${excerpt(after.text)}`);
  }
  return found;
}

const ends = ({ kind }: Token): boolean => kind === 'pipe' || kind === 'close';

function skipSpace(cursor: Cursor): boolean {
  if (cursor.tokens[cursor.at]?.kind !== 'space') return false;
  cursor.at += 1;
  return true;
}

type ReadOperand = (cursor: Cursor, text: string) => Expression;

const path =
  (from: 'dot' | 'root'): ReadOperand =>
  (cursor) => ({ kind: 'path', from, names: [], offset: next(cursor) });

const literal =
  (read: (text: string, offset: number) => Known): ReadOperand =>
  (cursor, text) => ({ kind: 'literal', value: read(text, next(cursor)) });

const misplaced: ReadOperand = (cursor, text) => {
  throw syntax(cursor, `${excerpt(text)} is not expected here`);
};

/** How an operand is read, by the kind of its first token. */
const operand: Record<Token['kind'], ReadOperand> = {
  dot: path('dot'),
  root: path('root'),
  field: (cursor, text) => ({ kind: 'path', from: 'dot', names: [text.slice(1)], offset: next(cursor) }),
  string: literal(readQuoted),
  raw: literal(readRaw),
  number: literal(readNumber),
  word,
  open: parenthesis,
  space: misplaced,
  close: misplaced,
  pipe: misplaced,
};

/** Past the token; answers where the action begins. */
function next(cursor: Cursor): number {
  cursor.at += 1;
  return cursor.offset;
}

function word(cursor: Cursor, text: string): Expression {
  next(cursor);
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (functionNames.includes(text)) return { kind: 'call', name: text, args: [], offset: cursor.offset };
  if (supportedKeywords.includes(text)) throw syntax(cursor, `"${text}" stands only at the beginning of an action`);
  const hint = keywords.includes(text) || text === 'nil' ? undefined : `functions: ${functionNames.join(', ')}`;
  throw unsupported(cursor, `"${excerpt(text)}"`, hint);
}

function parenthesis(cursor: Cursor): Expression {
  next(cursor);
  cursor.depth = deeper(cursor.depth, cursor);
  const value = pipeline(cursor);
  cursor.depth -= 1;
  cursor.at += 1;
  return value;
}

function deeper(depth: number, { offset }: Cursor): number {
  if (depth >= maxDepth) throw new TemplateError('TEMPLATE_EXEC', `nested deeper than ${maxDepth}`, { offset });
  return depth + 1;
}

/** `.A.b`: fields that follow without a space. */
function withFields(value: Expression, head: Token['kind'], cursor: Cursor): Expression {
  const names: string[] = [];
  for (let token = cursor.tokens[cursor.at]; token?.kind === 'field'; token = cursor.tokens[++cursor.at])
    names.push(token.text.slice(1));
  const [first] = names;
  if (first === undefined) return value;
  if (head === 'open' || value.kind === 'call')
    throw unsupported(cursor, `a field (.${excerpt(first)}) of a parenthesis or function`);
  if (value.kind === 'path' && (value.from === 'root' || value.names.length > 0))
    return { ...value, names: [...value.names, ...names] };
  throw syntax(cursor, `.${excerpt(first)} cannot follow here`);
}
