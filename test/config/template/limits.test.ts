import { describe, expect, test } from '@jest/globals';
import type { Data } from '../../../src/config/template/data.js';
import { render } from '../../../src/config/template/render.js';

const kib = 1024;
const data = new Map<string, Data>([
  ['kib', 'x'.repeat(kib)],
  ['large', 'é'.repeat(60 * kib)],
  ['list', Array.from({ length: 100 }, () => 'x')],
  ['map', new Map(Array.from({ length: 1000 }, (_, i): [string, Data] => [`k${i}`, 'x'.repeat(200)]))],
]);

/** The text, or what is wrong with the template. */
function answer(template: string): string {
  const rendered = render(template, { data, names: 'any' });
  if ('parts' in rendered) return rendered.parts.map(({ text }) => text).join('');
  return 'errors' in rendered ? rendered.errors.map(({ code, message }) => `${code}: ${message}`).join('; ') : 'open';
}

const long = 'TEMPLATE_EXEC: the template is longer than 64 KiB';
const output = 'TEMPLATE_EXEC: the output is longer than 256 KiB';
const steps = 'TEMPLATE_EXEC: more than 10000 steps';
const deep = 'TEMPLATE_EXEC: nested deeper than 100';
const nest = (open: string, inside: string, close: string, times: number): string =>
  open.repeat(times) + inside + close.repeat(times);

test.each([
  ['64 KiB of text', `{{1}}${'x'.repeat(64 * kib - 5)}`, `1${'x'.repeat(64 * kib - 5)}`],
  ['64 KiB of text, counted in bytes', `{{""}}${'é'.repeat(32 * kib - 3)}`, 'é'.repeat(32 * kib - 3)],
  ['256 KiB of output', '{{.kib}}'.repeat(256), 'x'.repeat(256 * kib)],
  ['a width of 256 KiB', '{{printf "%262144d" 1}}', '1'.padStart(256 * kib)],
  ['10,000 steps', '{{1}}'.repeat(10_000), '1'.repeat(10_000)],
  ['100 parentheses', `{{${nest('(', '1', ')', 100)}}}`, '1'],
  ['100 constructs', nest('{{if 1}}', 'x', '{{end}}', 100), 'x'],
  ['100 pipes', `{{1${' | print'.repeat(100)}}}`, '1'],
  ['thousands of else if', `{{if 0}}${'{{else if 0}}'.repeat(4000)}{{else}}x{{end}}`, 'x'],
  ['a text of megabytes that is no template', 'x'.repeat(2 ** 21), 'x'.repeat(2 ** 21)],
])('%s are within the limits', (_, template, text) => {
  // Not by toBe: what differs would be shown whole.
  expect(answer(template) === text).toBe(true);
});

test.each([
  ['64 KiB of text', `{{1}}${'x'.repeat(64 * kib - 4)}`, long],
  ['64 KiB of text, counted in bytes', `{{1}}${'é'.repeat(32 * kib - 2)}`, long],
  ['256 KiB of output', `${'{{.kib}}'.repeat(256)}x`, output],
  ['256 KiB of output, counted in bytes', '{{.large}}{{.large}}{{.large}}', output],
  ['256 KiB of output in turns', '{{range .list}}{{printf "%3000d" 1}}{{end}}', output],
  ['256 KiB that are only measured', '{{len (print .large .large .large .large .large)}}', output],
  ['a width of 256 KiB', '{{printf "%262145d" 1}}', output],
  ['a precision of 256 KiB', '{{printf "%.262145d" 1}}', output],
  ['256 KiB by many widths', '{{printf "%200000d%200000d" 1 2}}', output],
  ['256 KiB by a width for each item', '{{printf "%262144v" .map}}', output],
  ['10,000 steps', '{{1}}'.repeat(10_001), steps],
  ['10,000 steps of an empty body', '{{range .list}}{{range $.list}}{{range $.list}}{{end}}{{end}}{{end}}', steps],
  ['10,000 steps by what a function reads', '{{len .large}}'.repeat(1000), steps],
  ['10,000 steps by what one call reads', `{{printf "%d"${' .large'.repeat(9000)}}}`, steps],
  ['10,000 steps by what a function makes', '{{if printf "%200000d" 1}}{{end}}'.repeat(250), steps],
  ['100 parentheses', `{{${nest('(', '1', ')', 101)}}}`, deep],
  ['100 constructs', nest('{{if 1}}', 'x', '{{end}}', 101), deep],
  ['100 pipes', `{{1${' | print'.repeat(101)}}}`, deep],
])('more than %s are refused', (_, template, message) => {
  expect(answer(template)).toBe(message);
});

/** Each is as long as a template may be. What counts is that there is an answer: one of them took for ever, one crashed. */
describe('a template of one thing 64 KiB long is answered', () => {
  const fill = (start: string, part: string, end = ''): string =>
    start + part.repeat(Math.floor((64 * kib - start.length - end.length) / part.length)) + end;

  test.each([
    ['pipes', fill('{{1', '|print', '}}'), deep],
    ['digits', fill('{{', '1', 'x}}'), `TEMPLATE_SYNTAX: ${'1'.repeat(57)}... is not a number`],
    ['digits and an exponent', fill('{{', '1', 'e}}'), `TEMPLATE_SYNTAX: ${'1'.repeat(57)}... is not a number`],
    ['signs', fill('{{', '1+', '}}'), 'TEMPLATE_SYNTAX: "+" is not expected here'],
    ['underscores', fill('{{0x', '_', '}}'), `TEMPLATE_SYNTAX: 0x${'_'.repeat(55)}... is not a number`],
    ['opening braces', fill('', '{{'), 'TEMPLATE_SYNTAX: "{" is not expected here'],
    ['opening parentheses', fill('{{', '(', '}}'), 'TEMPLATE_SYNTAX: a parenthesis is not closed'],
    ['opening constructs', fill('', '{{if 1}}'), deep],
    ['a text that does not end', fill('{{"', '\\"'), 'TEMPLATE_SYNTAX: a text that begins with " does not end'],
    ['fields', fill('{{', '.a', '}}'), 'TEMPLATE_EXEC: .a has no value'],
    ['dots', fill('{{', '.', '}}'), 'TEMPLATE_SYNTAX: white space is missing before .'],
    ['a word', fill('{{', 'a', '}}'), `TEMPLATE_UNSUPPORTED: "${'a'.repeat(57)}..." is not supported in a template`],
    ['a name', fill('{{.', 'a', '}}'), `TEMPLATE_EXEC: .${'a'.repeat(57)}... has no value`],
    ['comments', fill('', '{{/*'), 'TEMPLATE_SYNTAX: a comment ends with */ right before }}'],
    ['white space', fill('{{', ' \n', '1}}'), '1'],
    ['trimmed white space', fill('{{1 -}}', ' ', '{{- 2}}'), '12'],
    ['everything, again and again', fill('{{print', ' $', '}}'), steps],
  ])('%s', (_, template, message) => {
    expect(answer(template)).toBe(message);
  });
});
