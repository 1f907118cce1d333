import type { Expression } from './ast.js';
import { Image, isMap, isTruthy, open, Secret, typeName, type Data, type DataMap, type Open } from './data.js';
import { effort } from './effort.js';
import { excerpt, Misuse, secretExposed, TemplateError } from './error.js';
import { callFunction } from './functions.js';
import { checkLength } from './show.js';

export interface At {
  root: DataMap;
  dot: Data;
  /** Where the action begins. */
  offset: number;
  /** Counts steps of the work; throws when there were too many. */
  step(offset: number, count?: number): void;
}

type Call = Extract<Expression, { kind: 'call' }>;

/** The value of an expression. Throws TemplateError. */
export function evaluate(expression: Expression, at: At): Data {
  const value = valueOf(expression, at);
  if (!(value instanceof Secret)) return value;
  throw new TemplateError('SECRET_EXPOSED', secretExposed, { offset: at.offset });
}

function valueOf(expression: Expression, at: At): Data {
  at.step(at.offset);
  if (expression.kind === 'literal') return expression.value;
  const { offset } = expression;
  if (expression.kind === 'call') return call(expression, { ...at, offset });
  return lookUp(expression.names, { from: expression.from === 'root' ? at.root : at.dot, offset });
}

/** Gives a misuse the place of its action. */
export function located<T>(offset: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Misuse) throw new TemplateError(error.code, error.message, { offset });
    throw error;
  }
}

function call({ name, args, piped }: Call, at: At): Data {
  const last: readonly Data[] = piped ? [evaluate(piped, at)] : [];
  if (name === 'and' || name === 'or') return located(at.offset, () => decide(name, operands(args, last, at)));
  const values: Data[] = [...operands(args, last, at)];
  at.step(at.offset, effort(values));
  return located(at.offset, () => {
    const value = callFunction(name, values);
    if (typeof value === 'string') checkLength(value.length);
    at.step(at.offset, effort([value]));
    return value;
  });
}

/** Each is worked out when it is asked for. */
function* operands(args: readonly Expression[], last: readonly Data[], at: At): Generator<Data> {
  for (const arg of args) yield evaluate(arg, at);
  yield* last;
}

/** The operand that decides, or the last; those after it are not evaluated. */
function decide(name: 'and' | 'or', values: Iterable<Data>): Data {
  let undecided = false;
  let value: Data | undefined;
  for (value of values) {
    if (value === open) undecided = true;
    else if (isTruthy(value) === (name === 'or')) break;
  }
  if (value === undefined) throw new Misuse(`${name} takes 1 or more arguments, not 0`);
  return undecided ? open : value;
}

function lookUp(names: readonly string[], { from, offset }: { from: Data; offset: number }): Data {
  let at = from;
  for (const [i, name] of names.entries()) {
    if (at === open) return open;
    const next = fieldOf(at, name);
    if (next === undefined) throw noField(at, names.slice(0, i), { name, offset });
    at = next;
  }
  return at;
}

function fieldOf(at: Exclude<Data, Open>, name: string): Data | undefined {
  if (at instanceof Image) return name === 'Tag' ? at.tag : undefined;
  return isMap(at) ? at.get(name) : undefined;
}

function noField(
  at: Exclude<Data, Open>,
  path: readonly string[],
  of: { name: string; offset: number },
): TemplateError {
  const { name, offset } = of;
  const parent = excerpt(`.${path.join('.')}`);
  const field = `.${excerpt(name)}`;
  if (!isMap(at)) return new TemplateError('TEMPLATE_EXEC', `${typeName(at)} has no "${field}"`, { offset });
  const hint = `test for it with {{if index ${parent} ${JSON.stringify(excerpt(name))}}}`;
  return new TemplateError('TEMPLATE_EXEC', `${parent === '.' ? '' : parent}${field} has no value`, { offset, hint });
}
