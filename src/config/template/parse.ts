import type { Control, Node } from './ast.js';
import { TemplateError } from './error.js';
import { keywords, parseAction } from './expression.js';
import { lex, type Segment } from './lex.js';
import type { Token } from './token.js';

const limits = { text: 64 * 1024, depth: 100 };

/** Parses Go's text/template in the subset of docs/spec.md §6.4. Throws TemplateError. */
export function parseTemplate(template: string): Node[] {
  if (Buffer.byteLength(template) > limits.text)
    throw new TemplateError('TEMPLATE_EXEC', 'the template is longer than 64 KiB', { offset: 0 });
  const reader: Reader = { segments: lex(template), at: 0, depth: 0 };
  const { nodes, end } = parseNodes(reader);
  if (end) throw new TemplateError('TEMPLATE_SYNTAX', `{{${end.word}}} without a beginning`, end);
  return nodes;
}

interface Reader {
  segments: Segment[];
  at: number;
  depth: number;
}

/** An action that ends a list of nodes. */
interface End {
  word: 'else' | 'end';
  rest: Token[];
  offset: number;
}

function parseNodes(reader: Reader): { nodes: Node[]; end?: End } {
  const nodes: Node[] = [];
  for (let segment = reader.segments[reader.at++]; segment; segment = reader.segments[reader.at++]) {
    if (segment.kind === 'text') {
      nodes.push(segment);
      continue;
    }
    const { offset } = segment;
    const { word, rest } = keywordOf(segment.tokens);
    if (word === 'else' || word === 'end') return { nodes, end: { word, rest, offset } };
    if (word === 'if' || word === 'with' || word === 'range') nodes.push(parseControl(reader, word, { rest, offset }));
    else nodes.push({ kind: 'output', value: parseAction(segment.tokens, offset), offset });
  }
  return { nodes };
}

/** The keyword that an action begins with, and what follows it. */
function keywordOf(tokens: Token[]): { word?: string; rest: Token[] } {
  const first = tokens.findIndex(({ kind }) => kind !== 'space');
  const token = tokens[first];
  return token?.kind === 'word' && keywords.includes(token.text)
    ? { word: token.text, rest: tokens.slice(first + 1) }
    : { rest: tokens };
}

function parseControl(
  reader: Reader,
  kind: Control['kind'],
  { rest, offset }: { rest: Token[]; offset: number },
): Control {
  if (reader.depth >= limits.depth)
    throw new TemplateError('TEMPLATE_EXEC', `nested deeper than ${limits.depth}`, { offset });
  reader.depth += 1;
  const control: Control = { kind, branches: [], otherwise: [], offset };
  for (let subject = { tokens: rest, offset }; ;) {
    const value = parseAction(subject.tokens, subject.offset);
    const { nodes, end } = parseNodes(reader);
    control.branches.push({ subject: value, body: nodes });
    const next = afterBranch(reader, control, end);
    if (!next) break;
    subject = next;
  }
  reader.depth -= 1;
  return control;
}

/** The condition of an `else if`; at an `else` the rest is read to its end. */
function afterBranch(
  reader: Reader,
  control: Control,
  branchEnd: End | undefined,
): { tokens: Token[]; offset: number } | undefined {
  const end = found(branchEnd, control);
  const { word, rest } = keywordOf(end.rest);
  if (end.word === 'else' && word === 'if' && control.kind === 'if') return { tokens: rest, offset: end.offset };
  if (end.word === 'else' && word === 'with')
    throw new TemplateError('TEMPLATE_UNSUPPORTED', '"else with" is not supported', end);
  takesNothing(end);
  if (end.word === 'end') return undefined;
  const otherwise = parseNodes(reader);
  const last = found(otherwise.end, control);
  if (last.word === 'else') throw new TemplateError('TEMPLATE_SYNTAX', 'a second {{else}}', last);
  takesNothing(last);
  control.otherwise = otherwise.nodes;
  return undefined;
}

function found(end: End | undefined, { kind, offset }: Control): End {
  if (end) return end;
  throw new TemplateError('TEMPLATE_SYNTAX', `{{${kind}}} without {{end}}`, { offset });
}

function takesNothing({ word, rest, offset }: End): void {
  if (rest.some(({ kind }) => kind !== 'space'))
    throw new TemplateError('TEMPLATE_SYNTAX', `{{${word}}} takes nothing`, { offset });
}
