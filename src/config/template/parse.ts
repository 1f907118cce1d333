import { TemplateError } from './error.js';
import { functionNames } from './functions.js';
import { lex, type Segment, type Token } from './lex.js';

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'output'; value: Expression }
  | { kind: 'if'; branches: { condition: Expression; body: Node[] }[]; otherwise: Node[] };

export type Expression =
  | { kind: 'path'; names: string[]; offset: number }
  | { kind: 'literal'; value: string | number | boolean }
  | { kind: 'call'; name: string; args: Expression[]; offset: number };

const maxDepth = 100;
const unsupported = [
  'define',
  'template',
  'block',
  'break',
  'continue',
  'range',
  'with',
  'nil',
  'slice',
  'html',
  'js',
  'urlquery',
  'println',
  'call',
];

/** Parses Go's text/template in the subset of docs/spec.md §6.4. Throws TemplateError. */
export function parseTemplate(template: string): Node[] {
  if (Buffer.byteLength(template) > 64 * 1024)
    throw new TemplateError('TEMPLATE_EXEC', 'the template is longer than 64 KiB', 0);
  const reader = { segments: lex(template), at: 0 };
  const { nodes, end } = parseNodes(reader, 0);
  if (end) throw new TemplateError('TEMPLATE_SYNTAX', `{{${end.word}}} without {{if}}`, end.offset);
  return nodes;
}

interface Reader {
  segments: Segment[];
  at: number;
}

interface End {
  word: 'else' | 'end';
  rest: Token[];
  offset: number;
}

function parseNodes(reader: Reader, depth: number): { nodes: Node[]; end?: End } {
  const nodes: Node[] = [];
  for (let segment = reader.segments[reader.at++]; segment; segment = reader.segments[reader.at++]) {
    if (depth > maxDepth) throw new TemplateError('TEMPLATE_EXEC', `nested deeper than ${maxDepth}`, 0);
    if (segment.kind === 'text') {
      nodes.push(segment);
      continue;
    }
    const { tokens, offset } = segment;
    const [first] = tokens;
    const word = first?.kind === 'word' ? first.text : undefined;
    if (word === 'else' || word === 'end') return { nodes, end: { word, rest: tokens.slice(1), offset } };
    if (word === 'if') nodes.push(parseIf(reader, tokens.slice(1), { offset, depth }));
    else nodes.push({ kind: 'output', value: parsePipeline(tokens, offset) });
  }
  return { nodes };
}

function parseIf(reader: Reader, condition: Token[], { offset, depth }: { offset: number; depth: number }): Node {
  const branches: { condition: Expression; body: Node[] }[] = [];
  let current: Expression | undefined = parsePipeline(condition, offset);
  let otherwise: Node[] = [];
  for (;;) {
    const { nodes, end } = parseNodes(reader, depth + 1);
    if (current) branches.push({ condition: current, body: nodes });
    else otherwise = nodes;
    if (!end) throw new TemplateError('TEMPLATE_SYNTAX', '{{if}} without {{end}}', offset);
    if (end.word === 'end') return { kind: 'if', branches, otherwise };
    if (!current) throw new TemplateError('TEMPLATE_SYNTAX', 'a second {{else}}', end.offset);
    const chained = end.rest[0]?.text === 'if';
    current = chained ? parsePipeline(end.rest.slice(1), end.offset) : undefined;
  }
}

/** `a | f b` gives f the value of a as its last argument. */
function parsePipeline(tokens: Token[], offset: number): Expression {
  const commands = split(tokens);
  let value: Expression | undefined;
  for (const command of commands) value = parseCommand(command, { offset, piped: value });
  if (!value) throw new TemplateError('TEMPLATE_SYNTAX', 'an empty action', offset);
  return value;
}

/** At pipes that stand in no parentheses. */
function split(tokens: Token[]): Token[][] {
  const commands: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    if (token.kind === 'pipe' && depth === 0) commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

function parseCommand(
  tokens: Token[],
  { offset, piped }: { offset: number; piped: Expression | undefined },
): Expression {
  const [first] = tokens;
  if (!first) throw new TemplateError('TEMPLATE_SYNTAX', 'an empty action', offset);
  if (first.kind === 'word' && first.text !== 'true' && first.text !== 'false') {
    const name = functionName(first);
    const args = operands(tokens.slice(1));
    return { kind: 'call', name, args: piped ? [...args, piped] : args, offset: first.offset };
  }
  const values = operands(tokens);
  if (values.length !== 1 || piped)
    throw new TemplateError('TEMPLATE_SYNTAX', `"${first.text}" is not a function`, first.offset);
  return values[0] as Expression;
}

function functionName({ text, offset }: Token): string {
  if (unsupported.includes(text))
    throw new TemplateError('TEMPLATE_UNSUPPORTED', `"${text}" is not supported in a template`, offset);
  if (!functionNames.includes(text))
    throw new TemplateError(
      'TEMPLATE_SYNTAX',
      `"${text}" is not a function`,
      offset,
      `functions: ${functionNames.join(', ')}`,
    );
  return text;
}

function operands(tokens: Token[]): Expression[] {
  const values: Expression[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.kind === 'open') {
      const close = closing(tokens, i);
      values.push(parsePipeline(tokens.slice(i + 1, close), token.offset));
      i = close;
    } else values.push(operand(token));
  }
  return values;
}

function closing(tokens: Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    if (tokens[i]?.kind === 'open') depth += 1;
    if (tokens[i]?.kind === 'close') depth -= 1;
    if (depth === 0) return i;
  }
  throw new TemplateError('TEMPLATE_SYNTAX', 'a parenthesis is not closed', tokens[from]?.offset ?? 0);
}

function operand({ kind, text, offset }: Token): Expression {
  if (kind === 'path') return { kind: 'path', names: text.replace(/^\$/, '').split('.').filter(Boolean), offset };
  if (kind === 'number') return { kind: 'literal', value: Number(text) };
  if (kind === 'string') return { kind: 'literal', value: unquote(text, offset) };
  if (kind === 'word' && (text === 'true' || text === 'false')) return { kind: 'literal', value: text === 'true' };
  if (kind === 'word') return { kind: 'call', name: functionName({ kind, text, offset }), args: [], offset };
  throw new TemplateError('TEMPLATE_SYNTAX', `"${text}" is not expected here`, offset);
}

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function unquote(text: string, offset: number): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_, escape: string) => {
    if (/^[xu]./.test(escape) && escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    const plain = escapes[escape];
    if (plain === undefined) throw new TemplateError('TEMPLATE_SYNTAX', `\\${escape} is not an escape`, offset);
    return plain;
  });
}
