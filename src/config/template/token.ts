import { excerpt, TemplateError } from './error.js';

export interface Token {
  kind: 'space' | 'dot' | 'field' | 'root' | 'word' | 'string' | 'raw' | 'number' | 'open' | 'close' | 'pipe';
  text: string;
}

type Pattern = readonly [kind: Token['kind'], pattern: RegExp];

/** In this order; each is tried where the one before ended. A name is letters, digits and `_`, as in Go. */
const patterns: readonly Pattern[] = [
  ['space', /[ \t\r\n]+/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['raw', /`[^`]*`/y],
  ['number', /[+-]?\.?[0-9](?:[\p{L}\p{Nd}_.]|(?<=[eE])[+-])*(?:[+-][0-9][0-9_.eE+-]{0,60}i(?![\p{L}\p{Nd}_]))?/uy],
  ['field', /\.[\p{L}\p{Nd}_]+/uy],
  ['dot', /\./y],
  ['root', /\$(?![\p{L}\p{Nd}_])/uy],
  ['word', /[\p{L}\p{Nd}_]+/uy],
  ['open', /\(/y],
  ['close', /\)/y],
  ['pipe', /\|/y],
];

/** Must not stand right behind a name. */
const terminator = /[ \t\r\n.,|:()]|\}\}|$/y;

/** Constructs of Go that are left out, by how they begin. */
const unsupported: readonly { pattern: RegExp; what: string }[] = [
  { pattern: /:?=/y, what: 'an assignment' },
  { pattern: /\$[\p{L}\p{Nd}_]+/uy, what: 'a variable' },
  { pattern: /'/y, what: 'a character constant' },
];

/** The token at a position inside of an action that began at `offset`. */
export function readToken(template: string, position: number, offset: number): Token {
  const found = patterns.find(([, pattern]) => matches(pattern, template, position));
  if (!found) throw oneBrace(template, position, offset) ?? unknownToken(template, position, offset);
  const [kind, pattern] = found;
  const text = template.slice(position, pattern.lastIndex);
  const named = kind === 'field' || kind === 'word' || kind === 'root';
  const end = position + text.length;
  if (named && !matches(terminator, template, end))
    throw oneBrace(template, end, offset) ?? badEnd(template, { text, position, offset });
  return { kind, text };
}

function matches(pattern: RegExp, template: string, position: number): boolean {
  pattern.lastIndex = position;
  return pattern.test(template);
}

/** `{{.Params.x}`: a closing brace where an action goes on. */
function oneBrace(template: string, position: number, offset: number): TemplateError | undefined {
  if (template.charAt(position) !== '}') return undefined;
  const action = template.slice(offset, position).trimEnd();
  const hint = action.length > 60 ? 'a brace is missing' : `a brace is missing: ${action}}}`;
  return new TemplateError('TEMPLATE_SYNTAX', 'an action ends with }}, and here is only one }', { offset, hint });
}

function unknownToken(template: string, position: number, offset: number): TemplateError {
  const construct = unsupported.find(({ pattern }) => matches(pattern, template, position));
  if (construct) {
    const text = template.slice(position, construct.pattern.lastIndex);
    return new TemplateError('TEMPLATE_UNSUPPORTED', `${construct.what} (${excerpt(text)}) is not supported`, {
      offset,
    });
  }
  const next = String.fromCodePoint(template.codePointAt(position) ?? 0);
  const unended = next === '"' || next === '`';
  const message = unended
    ? `a text that begins with ${next} does not end`
    : `${JSON.stringify(next)} is not expected here`;
  return new TemplateError('TEMPLATE_SYNTAX', message, { offset });
}

/** A name with a character in it that names do not have. */
function badEnd(
  template: string,
  { text, position, offset }: { text: string; position: number; offset: number },
): TemplateError {
  const next = template.charAt(position + text.length);
  if (next === '[')
    return new TemplateError('TEMPLATE_UNSUPPORTED', `"${excerpt(text)}[" is not supported`, {
      offset,
      hint: 'write index MAP "name"',
    });
  const hint = text.startsWith('.')
    ? 'a name with other characters is reached by index, such as index .Params "a-b"'
    : undefined;
  return new TemplateError(
    'TEMPLATE_SYNTAX',
    `${JSON.stringify(next)} cannot stand in a name, after ${excerpt(text)}`,
    {
      offset,
      hint,
    },
  );
}
