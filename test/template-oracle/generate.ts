import fc from 'fast-check';
import type { Question } from './oracle.js';

/** Every type that a template can meet. */
export const data: Question['data'] = {
  Params: {
    text: 'canal',
    empty: '',
    accents: 'é😀x',
    quotes: 'a"b\\c\n\u0007\u00a0\ud7ff',
    n: 7,
    zero: 0,
    negative: -42,
    large: 9007199254740991,
    yes: true,
    no: false,
    list: ['b', 'a', 3],
    none: [],
    map: { b: 2, a: 'x', é: true, '😀': 1, '\uffee': 2 },
    'a-b': 'dashed',
    image: { $image: { reference: 'registry.example/net/zonectl:3.1', tag: '3.1' } },
  },
  Constants: { b: '2', a: '1' },
};

const names = Object.keys(data['Params'] as object).filter((name) => name !== 'a-b' && name !== 'image');
const pick = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names).map((name) => `.Params.${name}`) },
  { weight: 1, arbitrary: pick('.', '$', '.Params', '.Constants', '.Constants.a', '$.Constants.b', '$.Params.text') },
  {
    weight: 1,
    arbitrary: pick(
      '.Params.nope',
      '.Nope',
      '.Params.text.x',
      '.Params.image.Tag',
      '.Params.map.b',
      '.x',
      '.Params.list.a',
    ),
  },
);
const literal = pick(
  '"a"',
  '""',
  '"\\n\\t\\"\\\\"',
  '"\\u00e9\\x41\\101"',
  '"\\q"',
  '"{{"',
  '`raw }} \\n`',
  '"é"',
  '0',
  '1',
  '-1',
  '+7',
  '0x1F',
  '017',
  '08',
  '1_000',
  '1e3',
  '1.5',
  '1.0',
  '-0',
  '0.00001',
  '123456789.0',
  '1e21',
  '9223372036854775807',
  '9223372036854775808',
  'true',
  'false',
  '.5',
  '5.',
  '0b101',
  '0o17',
  '1__0',
);
const format = pick(
  '"%v"',
  '"%s"',
  '"%d"',
  '"%q"',
  '"%t"',
  '"%x"',
  '"%%"',
  '"%05d"',
  '"%-5d|"',
  '"%+d"',
  '"%+05d"',
  '"%.3d"',
  '"%8.3d|"',
  '"%6s|"',
  '"%-6s|"',
  '"%06s"',
  '"%.2s"',
  '"%8.2q|"',
  '"%+q"',
  '"%+v"',
  '"%6t"',
  '"%06t"',
  '"%.2x"',
  '"%8x"',
  '"%+x"',
  '"%-08d|"',
  '"%5v|"',
  '"%.0d"',
  '"%5.0d|"',
  '"%z"',
  '"%"',
  '"%d%d"',
  '"%s-%v"',
  '"a%sb"',
  '"%5%"',
  '"% d"',
  '"%#x"',
  '"%.d"',
  '"%-"',
);

const { expression } = fc.letrec<{ expression: string; call: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: path },
    { weight: 3, arbitrary: literal },
    { weight: 4, arbitrary: tie('call').map((call) => `(${call})`) },
  ),
  call: fc.oneof(
    fc
      .tuple(pick('eq', 'ne', 'lt', 'le', 'gt', 'ge'), tie('expression'), tie('expression'))
      .map((parts) => parts.join(' ')),
    fc
      .tuple(pick('and', 'or', 'eq', 'print', 'index'), fc.array(tie('expression'), { maxLength: 3 }))
      .map(([name, args]) => [name, ...args].join(' ')),
    fc.tuple(pick('not', 'len', 'print'), tie('expression')).map((parts) => parts.join(' ')),
    fc
      .tuple(
        pick('.Params', '.Constants', '.Params.map', '.Params.list', '.Params.text'),
        pick('"a-b"', '"a"', '"nope"', '0', '2', '9', '-1', '.Params.zero'),
      )
      .map((parts) => `index ${parts.join(' ')}`),
    fc
      .tuple(format, fc.array(tie('expression'), { minLength: 1, maxLength: 2 }))
      .map(([text, args]) => `printf ${[text, ...args].join(' ')}`),
    fc.tuple(tie('expression'), tie('call')).map(([value, call]) => `${value} | ${call}`),
  ),
}));

const space = pick('', ' ', '\n', '  \t');
const action = (body: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(pick('{{', '{{ ', '{{- ', '{{-\n'), body, pick('}}', ' }}', ' -}}', '\n-}}')).map((parts) => parts.join(''));
const text = pick('', 'x', ' y ', '\n', ' }} ', '{ {', '  ', '-');

const { template } = fc.letrec<{ template: string; block: string }>((tie) => ({
  template: fc
    .array(
      fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        text,
        action(expression),
        action(expression.map((value) => value.replace(/^\((.*)\)$/, '$1'))),
        tie('block'),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join('')),
  block: fc.oneof(
    fc
      .tuple(
        action(expression.map((value) => `if ${value}`)),
        tie('template'),
        action(expression.map((value) => `else if ${value}`)),
        tie('template'),
        action(pick('else')),
        tie('template'),
        action(pick('end')),
      )
      .map((parts) => parts.join('')),
    fc
      .tuple(
        action(fc.tuple(pick('if', 'with'), expression).map((parts) => parts.join(' '))),
        tie('template'),
        action(pick('end')),
      )
      .map((parts) => parts.join('')),
    fc
      .tuple(
        action(
          fc
            .tuple(
              pick('with', 'range'),
              pick(
                '.Params.list',
                '.Params.none',
                '.Params.map',
                '.Constants',
                '.Params.text',
                '.Params.image',
                '.Params.n',
                'true',
                '1.5',
                'index .Params "nope"',
              ),
            )
            .map((parts) => parts.join(' ')),
        ),
        pick('{{.}}', '{{.}};', '{{$.Params.n}}', '{{.Tag}}', '{{print .}}'),
        action(pick('else')),
        tie('template'),
        action(pick('end')),
      )
      .map((parts) => parts.join('')),
  ),
}));

/** Templates that mostly parse, over all constructs of the language. */
export const templates: fc.Arbitrary<string> = template;

const scraps = pick(
  '{{',
  '}}',
  '{{-',
  '-}}',
  ' -}}',
  '{{- ',
  '{{/*',
  '*/}}',
  '{{- /* c */ -}}',
  '{{/* c */}}',
  '(',
  ')',
  '|',
  ' ',
  '.',
  '..',
  '$',
  '$x',
  ':=',
  '=',
  ',',
  '"',
  '`',
  "'a'",
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  'nil',
  'html',
  'slice',
  'println',
  'call',
  'foo',
  'eq',
  'len',
  '.Params.n',
  '.Params.text',
  '1',
  '+',
  '-',
  '1i',
  '[',
  ']',
  '{',
  '}',
  'é',
  '.é',
  '_',
  '#',
  '\n',
  'true',
);
/** Scraps in any order: mostly mistakes. */
export const scrambled: fc.Arbitrary<string> = fc
  .tuple(fc.array(scraps, { maxLength: 8 }), space)
  .map(([parts, end]) => `{{${parts.join('')}${end}}}`);
