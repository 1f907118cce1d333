import { beforeAll, expect, test } from '@jest/globals';
import { cases, saysOfGo } from '../../template-oracle/cases.js';
import { compareGenerated, smallestOf, type Comparison } from '../../template-oracle/compare.js';
import { askGo, type Answer } from '../../template-oracle/oracle.js';
import { ourAnswer } from '../../template-oracle/render.js';

// What is compared, and with what seed, says scripts/test-templates.js.

const asked = (name: string): number => Number(process.env[`TEMPLATE_ORACLE_${name}`]);
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

test("the golden table agrees with Go's text/template", () => {
  const answers = askGo(cases);
  const rows = cases.map((golden, i) => ({ golden, answer: answers[i] as Answer }));
  expect(rows.filter(({ golden, answer }) => !saysOfGo(golden, answer))).toEqual([]);
});

let found: Comparison;
beforeAll(() => {
  found = compareGenerated({ seed: asked('SEED'), cases: asked('CASES') });
});

test("generated templates agree with Go's text/template", () => {
  const { compared, rendered, outside, disagreements } = found;
  const smallest = smallestOf(disagreements);
  print(`seed ${asked('SEED')}`);
  print(
    `${compared} cases, ${rendered.length} with the same text and ${compared - rendered.length - disagreements.length} refused by both`,
  );
  print(`${outside.length} more are not compared: they use what only Go has`);
  print(`${disagreements.length} disagreements`);
  if (smallest) print(`the smallest: ${JSON.stringify(smallest, null, 2)}`);
  expect(smallest).toBeUndefined();
});

test('most cases are compared, and most of them are rendered', () => {
  expect(found.outside.length).toBeLessThan(0.1 * found.compared);
  expect(found.rendered.length).toBeGreaterThan(0.5 * found.compared);
});

test.each([
  ...'eq ne lt le gt ge and or not len index print printf'.split(' ').map((name) => new RegExp(`[({] *${name}\\s`)),
  ...Array.from('vsdqtx%', (verb) => new RegExp(`printf "[^"]*%[-+0]*[0-9]*(\\.[0-9]*)?${verb}`)),
  /\{\{-?\s*if/,
  /else if/,
  /\{\{-?\s*else\s*-?\}\}/,
  /\{\{-?\s*with/,
  /\{\{-?\s*range/,
  /\{\{(- )?\/\*/,
  /\{\{-\s/,
  /\s-\}\}/,
  /`[^`]*`/,
  /"[^"]*\\[^"]/,
  /\s\|\s/,
  /\$\.Params/,
  /\.Tag/,
  /[^\w]0x/,
  /\de\d/,
  /\d_\d/,
])('%p is in templates with the same text', (construct) => {
  expect(found.rendered.filter((template) => construct.test(template)).length).toBeGreaterThan(found.compared / 1000);
});

test('every character is quoted alike', () => {
  const codes = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
  const chunks = Array.from({ length: Math.ceil(codes.length / 512) }, (_, i) => codes.slice(512 * i, 512 * (i + 1)));
  const questions = chunks.map((chunk) => ({
    template: '{{printf "%q" .text}}',
    data: { text: String.fromCodePoint(...chunk) },
  }));
  expect(questions.map(ourAnswer).map((ours) => ('output' in ours ? ours.output : ours))).toEqual(
    askGo(questions).map((theirs) => ('output' in theirs ? theirs.output : theirs)),
  );
});
