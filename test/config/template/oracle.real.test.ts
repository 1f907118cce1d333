import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cases, type Golden } from '../../template-oracle/cases.js';
import { data, scrambled, templates } from '../../template-oracle/generate.js';
import { askGo, type Answer } from '../../template-oracle/oracle.js';
import { ourAnswer } from '../../template-oracle/render.js';

const seed = Number(process.env['ORACLE_SEED'] ?? 20_240_601);
const runs = Number(process.env['ORACLE_RUNS'] ?? 800);

/** Go goes on and marks what is wrong inside of its output. */
const marked = /%!|<no value>|<nil>/;

/** Where this language refuses what Go renders: on purpose, or since it can only be a mistake. */
const narrower = [
  /is not supported/, // By docs/spec.md §6.4.
  /^printf: /, // Go writes `%!d(string=x)` into the text, which may then be measured or compared.
  /^there is no value to print$/,
  /^range goes through lists and maps/, // Go also counts.
  /^only a function takes arguments$/, // Go says so when it gets there.
  / is too large$/,
  /^a value is missing$/, // Go lets a pipeline end with a pipe.
];

/** What a row of the golden table says of Go: the same result, a mistake, or what it makes of what is refused here. */
function holds({ result, go }: Golden, answer: Answer): boolean {
  if (result === undefined && go === undefined) return 'error' in answer;
  return 'output' in answer && (go === '*' ? marked.test(answer.output) : answer.output === (result ?? go));
}

test("the golden table agrees with Go's text/template", () => {
  const answers = askGo(cases);
  const rows = cases.map((golden, i) => ({ golden, answer: answers[i] as Answer }));
  expect(rows.filter(({ golden, answer }) => !holds(golden, answer))).toEqual([]);
});

/** Whatever is rendered here Go renders alike; what is refused here Go refuses too, or it is narrower on purpose. */
function agrees(ours: ReturnType<typeof ourAnswer>, theirs: Answer): boolean {
  if ('output' in ours) return 'output' in theirs && theirs.output === ours.output;
  return 'error' in theirs || marked.test(theirs.output) || narrower.some((pattern) => pattern.test(ours.message));
}

test.each([
  ['templates', templates, 0.25],
  ['scraps in any order', scrambled, 0.01],
])("generated %s agree with Go's text/template", (_, arbitrary, rendered) => {
  const questions = fc.sample(arbitrary, { numRuns: runs, seed }).map((template) => ({ template, data }));
  const theirs = askGo(questions);
  const answers = questions.map((question, i) => ({
    template: question.template,
    ours: ourAnswer(question),
    theirs: theirs[i] as Answer,
  }));
  expect(answers.filter((each) => !agrees(each.ours, each.theirs))).toEqual([]);
  // Not because everything is refused.
  expect(answers.filter(({ ours }) => 'output' in ours).length).toBeGreaterThan(rendered * runs);
});
