import fc from 'fast-check';
import { wholes } from './templates.js';
import { pick, words } from './text.js';

const marks = words('{{ }} {{- -}} {{/* */}} {{/*c*/}} ( ) | . .. $ := , " ` + - [ ] { } # _ = : ; !');
const keywords = words('if else end range with if else end range with break define nil');
const functions = words('eq ne lt and or not len index print printf print printf true false html foo');
const operands = words(
  '.Params.n .Params.t .Params.list $.Params.t .Params . $ 1 0 1.5 "a" "%d" `b` é .é .5 1e3 $x .1 1.',
);
const scraps = pick(
  ...marks,
  ...keywords,
  ...functions,
  ...operands,
  ' ',
  ' ',
  ' ',
  '\n',
  ' -}}',
  '{{- ',
  ' | ',
  '{{else if ',
  '{{end}}',
);

/** Scraps in any order: mostly mistakes. */
export const scrambled: fc.Arbitrary<string> = fc
  .array(scraps, { minLength: 1, maxLength: 8 })
  .map((parts) => `{{${parts.join('')}}}`);

interface Change {
  kind: 'insert' | 'delete' | 'repeat' | 'replace';
  at: number;
  length: number;
  text: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change['kind'][]>('insert', 'delete', 'repeat', 'replace'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 4 }),
  text: scraps,
});

function changed(template: string, { kind, at, length, text }: Change): string {
  const chars = Array.from(template);
  const place = at % (chars.length + 1);
  const some = chars.slice(place, place + length);
  const instead = { insert: [text, ...some], delete: [], repeat: [...some, ...some], replace: [text] }[kind];
  return [...chars.slice(0, place), ...instead, ...chars.slice(place + length)].join('');
}

/** Templates that were right, with a change or two. */
export const slips: fc.Arbitrary<string> = fc
  .tuple(wholes, fc.array(change, { minLength: 1, maxLength: 2 }))
  .map(([template, changes]) => changes.reduce(changed, template));
