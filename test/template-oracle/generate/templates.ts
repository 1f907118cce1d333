import fc from 'fast-check';
import { names } from './data.js';
import { expressions, pipelines, types } from './expressions.js';
import { numbers, oddStrings } from './literals.js';
import { joined, oneOf, pick, piece, row, words, type Piece, type Pieces } from './text.js';

const open = pick(...words('{{ {{ {{ {{'), '{{ ', '{{- ', '{{-\n', '{{\t');
const close = pick(...words('}} }} }} }}'), ' }}', ' -}}', '\n-}}', '\n}}');
const action = (...inside: Pieces[]): Pieces => row(piece(open), ...inside, piece(close));
const word = (text: string): Pieces => piece(fc.constant(text));

const plain = pick('', 'x', ' y ', '\n', ' }} ', '{ {', '  ', '-', '😀', '\t \r\n', '"', '{', '}', '- ', ' -');
const comments = pick('{{/* c */}}', '{{- /* {{ }} */ -}}', '{{- /*\n*/}}', '{{/**/ -}}', '{{/* " ` */}}');
/** What only Go has. */
const foreign = pick(
  ...words('{{break}} {{continue}} {{nil}} {{$x:=1}} {{1i}} {{0x1p4}}'),
  ..."{{'a'}} {{$x := 1}}".split(' {{').map((text) => (text.startsWith('{{') ? text : `{{${text}`)),
  '{{template "x"}}',
  '{{block "x" .}}{{end}}',
  '{{define "x"}}{{end}}',
  '{{println 1}}',
  '{{slice "abc" 1}}',
  '{{html "<"}}',
  '{{(.Params).t}}',
  '{{range 3}}{{.}}{{end}}',
  '{{with 0}}{{else with 1}}{{end}}',
);

/** A body in which dot is something else, so that the root is reached by `$`. */
const moved = (body: Pieces): Pieces => body.map((part) => () => part('$'));

const item = oneOf<Piece>(
  [3, word('{{.}};')],
  [1, word('{{print .}}')],
  [1, pick('v', 'q', 's', 'x', '8.3v').map((verb) => () => `{{printf "%${verb}" .}}`)],
  [
    1,
    pick('{{len .}}', '{{.a}}', '{{index . 0}}', '{{range .}}{{.}}{{end}}', '{{.Tag}}', '{{if .}}y{{end}}').map(
      (text) => () => text,
    ),
  ],
);

const bodies = fc.letrec<{ body: Piece; block: Piece }>((tie) => {
  const body = tie('body');
  const branch = (condition: Pieces): Pieces => row(action(word('else if '), condition), body);
  const end = action(word('end'));
  const otherwise = oneOf<Piece>([2, word('')], [1, row(action(word('else')), body)]);
  const condition = oneOf([2, pipelines('bool')], [1, pipelines('any')]);
  const many = oneOf<Piece>([4, pipelines('list')], [4, pipelines('map')], [0.1, pipelines('any')]);
  return {
    body: fc
      .array(
        oneOf<Piece>(
          [3, piece(plain)],
          [5, action(pipelines('any'))],
          [2, tie('block')],
          [0.5, piece(comments)],
          [0.01, piece(foreign)],
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map(joined('')),
    block: oneOf<Piece>(
      [1, row(action(word('if '), condition), body, end)],
      [1, row(action(word('if '), condition), body, branch(condition), otherwise, end)],
      [1, row(action(word('with '), pipelines('any')), moved(row(item, body)), otherwise, end)],
      [2, row(action(word('range '), many), moved(oneOf<Piece>([3, item], [1, body])), otherwise, end)],
    ),
  };
}).body;

/** Templates that nearly all parse, with all constructs of the language. */
export const wholes: fc.Arbitrary<string> = bodies.map((part) => part(''));

/** One number, or what looks like one, in the places where it can stand. */
const withNumber = fc
  .tuple(numbers, pick('{{_}}', '{{print _}}', '{{printf "%v" _}}', '{{eq _ 1}}', '{{_|print}}', '{{ _ -}} '))
  .map(([number, around]) => around.replace('_', number));

/** One text, or what looks like one. */
const withString = fc
  .tuple(oddStrings, pick('{{_}}', '{{len _}}', '{{printf "%q" _}}', '{{printf "%+q %x" _ _}}', '{{_|printf "%.3s"}}'))
  .map(([text, around]) => around.replaceAll('_', () => text));

export const literals = oneOf([1, withNumber], [1, withString]);

/** One pipeline of each type. */
export const single: fc.Arbitrary<string> = oneOf(
  ...types.map((type): [number, fc.Arbitrary<string>] => [1, pipelines(type).map((part) => `{{${part('')}}}`)]),
);

/** One value of each type, printed in each way. */
export const printed: fc.Arbitrary<string> = oneOf(
  ...(Object.keys(names) as (keyof typeof names)[]).map((type): [number, fc.Arbitrary<string>] => [
    1,
    fc
      .tuple(
        expressions[type === 'image' ? 'text' : type],
        pick('-', '0', '+', ''),
        pick('', '3', '12'),
        pick('', '.', '.0', '.1', '.2', '.5', '.17'),
      )
      .map(([value, flag, width, precision]) => `{{printf "%${flag}${width}${precision}v|" ${value('')}}}`),
  ]),
);
