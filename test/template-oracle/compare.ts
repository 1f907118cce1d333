import { questions } from './generate/questions.js';
import { askGo, type Answer, type Question } from './oracle.js';
import { ourAnswer } from './render.js';

type Ours = ReturnType<typeof ourAnswer>;

interface Compared {
  question: Question;
  ours: Ours;
  theirs: Answer;
}

/** What came of many questions. */
export interface Comparison {
  compared: number;
  /** Templates for which both give the same text. */
  rendered: string[];
  /** The messages of those that use what only Go has (TEMPLATE_UNSUPPORTED): they are not compared. */
  outside: string[];
  disagreements: Compared[];
}

/** Both give the same text, or both refuse; the oracle also refuses what Go would only mark in its output. */
function agree({ ours, theirs }: Compared): boolean {
  if ('output' in ours) return 'output' in theirs && theirs.output === ours.output;
  return 'error' in theirs;
}

/** Asks both, but Go only what is in the subset: `range` over a number could keep it busy for ever. */
function compare(asked: readonly Question[]): { compared: Compared[]; outside: string[] } {
  const answered = asked.map((question) => ({ question, ours: ourAnswer(question) }));
  const isOutside = ({ ours }: { ours: Ours }): boolean => 'code' in ours && ours.code === 'TEMPLATE_UNSUPPORTED';
  const inside = answered.filter((each) => !isOutside(each));
  const answers = askGo(inside.map(({ question }) => question));
  return {
    compared: inside.map((each, i) => ({ ...each, theirs: answers[i] as Answer })),
    outside: answered.filter(isOutside).map(({ ours }) => ('message' in ours ? ours.message : '')),
  };
}

/** Compares at least so many cases. The same seed gives the same. */
export function compareGenerated({ seed, cases }: { seed: number; cases: number }): Comparison {
  const all: Comparison = { compared: 0, rendered: [], outside: [], disagreements: [] };
  for (let batch = 0; all.compared < cases; batch += 1) {
    const { compared, outside } = compare(questions(seed + batch, Math.min(cases, 10_000)));
    all.compared += compared.length;
    all.outside.push(...outside);
    all.disagreements.push(...compared.filter((each) => !agree(each)));
    all.rendered.push(
      ...compared.filter((each) => 'output' in each.ours && agree(each)).map((each) => each.question.template),
    );
  }
  return all;
}

const size = ({ question }: Compared): number => JSON.stringify(question).length;

/** The smallest that can be made of disagreements by leaving out, as long as they disagree. */
export function smallestOf(disagreements: readonly Compared[]): Compared | undefined {
  let [smallest] = [...disagreements].sort((a, b) => size(a) - size(b));
  for (let round = 0; smallest && round < 100; round += 1) {
    const [next] = compare(smaller(smallest.question))
      .compared.filter((each) => !agree(each))
      .sort((a, b) => size(a) - size(b));
    if (!next) break;
    smallest = next;
  }
  return smallest;
}

/** The question with a span of the template left out, or a name of the data. */
function smaller({ template, data }: Question): Question[] {
  const spans = [1, 2, 4, 8, 16, 32].filter((length) => length <= template.length);
  const shorter = spans.flatMap((length) =>
    Array.from(
      { length: template.length - length + 1 },
      (_, at) => template.slice(0, at) + template.slice(at + length),
    ),
  );
  const params = Object.entries(data['Params'] ?? {});
  const fewer = params.map(([name]) => Object.fromEntries(params.filter(([other]) => other !== name)));
  return [
    ...shorter.map((text) => ({ template: text, data })),
    ...fewer.map((Params) => ({ template, data: { ...data, Params } })),
  ];
}
