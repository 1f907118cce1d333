import { parsePattern, PatternError, type Expression } from './parse.js';

/** A pattern of a parameter: the whole text must match. */
export interface Pattern {
  matches(text: string): boolean;
}

const limits = { characters: 200, states: 1000 };

/**
 * Compiles the pattern of a parameter; undefined when it is none (docs/spec.md §3.2). JavaScript's own engine would take
 * exponential time for `(a+)+` and a text that does not match, so texts are matched here, in linear time.
 */
export function compilePattern(text: string): Pattern | undefined {
  if (text.length > limits.characters) return undefined;
  try {
    const machine: Machine = { matchers: [], sources: new Map(), states: 0, steps: 0 };
    const start = link(parsePattern(text), { kind: 'accept', seen: 0 }, machine);
    return { matches: (value) => run(start, machine, value) };
  } catch (error) {
    if (error instanceof PatternError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `seen`: the step at which the state was reached last, so that it is taken up once for each. */
type State = { seen: number } & (
  | { kind: 'char'; matcher: number; next: State }
  | { kind: 'edge'; edge: 'start' | 'end'; next: State }
  | { kind: 'split'; nexts: State[] }
  | { kind: 'accept' }
);

interface Machine {
  matchers: RegExp[];
  sources: Map<string, number>;
  states: number;
  /** Over all texts. */
  steps: number;
}

/** The states of an expression that go on to `next`. */
function link(expression: Expression, next: State, machine: Machine): State {
  machine.states += 1;
  if (machine.states > limits.states) throw new PatternError('too many repetitions');
  switch (expression.kind) {
    case 'char':
      return { kind: 'char', matcher: matcherOf(expression.source, machine), next, seen: 0 };
    case 'edge':
      return { kind: 'edge', edge: expression.edge, next, seen: 0 };
    case 'all':
      return expression.parts.reduceRight((after, part) => link(part, after, machine), next);
    case 'any':
      return { kind: 'split', nexts: expression.parts.map((part) => link(part, next, machine)), seen: 0 };
    case 'repeat':
      return linkRepeat(expression, next, machine);
  }
}

function linkRepeat(
  { part, least, most }: Extract<Expression, { kind: 'repeat' }>,
  next: State,
  machine: Machine,
): State {
  let after = next;
  if (most === Number.POSITIVE_INFINITY) {
    const loop: State = { kind: 'split', nexts: [next], seen: 0 };
    loop.nexts.push(link(part, loop, machine));
    after = loop;
  } else {
    for (let i = least; i < most; i++) after = { kind: 'split', nexts: [next, link(part, after, machine)], seen: 0 };
  }
  for (let i = 0; i < least; i++) after = link(part, after, machine);
  return after;
}

/** Equal classes share one matcher, which is asked once for each character. */
function matcherOf(source: string, machine: Machine): number {
  const known = machine.sources.get(source);
  if (known !== undefined) return known;
  machine.sources.set(source, machine.matchers.length);
  return machine.matchers.push(new RegExp(`^${source}$`, 'u')) - 1;
}

/** All states that the text can be in, character by character. */
function run(start: State, machine: Machine, text: string): boolean {
  const characters = Array.from(text);
  const edges = (position: number): Edges => ({ start: position === 0, end: position === characters.length });
  let current = reach([start], edges(0), machine);
  for (const [i, character] of characters.entries()) {
    const matched = machine.matchers.map((matcher) => matcher.test(character));
    const nexts = current.flatMap((state) => (state.kind === 'char' && matched[state.matcher] ? [state.next] : []));
    if (nexts.length === 0) return false;
    current = reach(nexts, edges(i + 1), machine);
  }
  return current.some(({ kind }) => kind === 'accept');
}

type Edges = Record<'start' | 'end', boolean>;

/** The states that wait for a character, or accept, reached without one. */
function reach(from: State[], edges: Edges, machine: Machine): State[] {
  machine.steps += 1;
  const found: State[] = [];
  const pending = [...from];
  for (let state = pending.pop(); state; state = pending.pop()) {
    if (state.seen === machine.steps) continue;
    state.seen = machine.steps;
    if (state.kind === 'split') pending.push(...state.nexts);
    else if (state.kind !== 'edge') found.push(state);
    else if (edges[state.edge]) pending.push(state.next);
  }
  return found;
}
