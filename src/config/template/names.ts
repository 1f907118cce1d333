import { suggestion } from '../suggest.js';
import type { Control, Expression, Node } from './ast.js';
import { excerpt, secretExposed, TemplateError } from './error.js';

/**
 * What a template may name: a map of names, a value without names of its own, anything (it cannot be known yet), a name
 * of Prodvana that is not supported, one of the language that is not available here, or a secret, which nothing may use.
 */
export type Names = ReadonlyMap<string, Names> | 'value' | 'any' | 'unsupported' | 'elsewhere' | 'secret';

const isAvailable = (names: Names): boolean => names !== 'unsupported' && names !== 'elsewhere';

/** Mistakes in every name, also in branches that are not taken (docs/spec.md §6.6). */
export const checkNames = (nodes: readonly Node[], root: Names): TemplateError[] => inNodes(nodes, { root, dot: root });

/** What `$` and the dot may name. */
interface Where {
  root: Names;
  dot: Names;
}

function inNodes(nodes: readonly Node[], where: Where): TemplateError[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return [];
    if (node.kind === 'output') return inExpression(node.value, where);
    const branches = node.branches.flatMap(({ subject, body }) => [
      ...inExpression(subject, where),
      ...inNodes(body, { ...where, dot: dotIn(node.kind, subject, where) }),
    ]);
    return [...branches, ...inNodes(node.otherwise, where)];
  });
}

function inExpression(expression: Expression, where: Where): TemplateError[] {
  if (expression.kind === 'literal') return [];
  if (expression.kind === 'path') return [checkPath(expression, where[expression.from]) ?? []].flat();
  const { args, piped } = expression;
  return [...(piped ? [piped] : []), ...args].flatMap((arg) => inExpression(arg, where));
}

/** The dot inside of a construct, as far as its subject says. */
function dotIn(kind: Control['kind'], subject: Expression, where: Where): Names {
  if (kind === 'if') return where.dot;
  const names = subject.kind === 'path' ? namesAt(subject, where[subject.from]) : 'any';
  if (kind === 'with' || typeof names === 'string') return names;
  const [first = 'any', ...others] = [...names.values()].filter(isAvailable);
  return others.every((each) => each === first) ? first : 'any';
}

const namesAt = ({ names }: Path, from: Names): Names =>
  names.reduce<Names>((at, name) => (typeof at === 'string' ? at : (at.get(name) ?? 'any')), from);

type Path = Extract<Expression, { kind: 'path' }>;

function checkPath({ names, offset }: Path, from: Names): TemplateError | undefined {
  let at: Names = from;
  for (const [i, name] of names.entries()) {
    if (at === 'any') return undefined;
    const path = excerpt(`.${names.slice(0, i).join('.')}`);
    if (at === 'value')
      return new TemplateError(
        'TEMPLATE_UNKNOWN_NAME',
        `${path === '.' ? 'a value' : path} has no ".${excerpt(name)}"`,
        {
          offset,
        },
      );
    const next: Names | undefined = typeof at === 'string' ? at : at.get(name);
    const whole = excerpt(`.${names.slice(0, i + 1).join('.')}`);
    if (next === 'unsupported')
      return new TemplateError('TEMPLATE_UNSUPPORTED', `${whole} is not supported`, { offset });
    if (next === 'secret') return new TemplateError('SECRET_EXPOSED', `${whole}: ${secretExposed}`, { offset });
    if (next === 'elsewhere')
      return new TemplateError('TEMPLATE_UNKNOWN_NAME', `${whole} is not available here`, { offset });
    if (next === undefined) return unknownName(name, { path, offset, known: at });
    at = next;
  }
  return undefined;
}

function unknownName(name: string, of: { path: string; offset: number; known: Names }): TemplateError {
  const known =
    typeof of.known === 'object' ? [...of.known].filter(([, next]) => isAvailable(next)).map(([key]) => key) : [];
  const shown = excerpt(name);
  const message = of.path === '.' ? `.${shown} does not exist` : `"${shown}" is not defined in ${of.path}`;
  return new TemplateError('TEMPLATE_UNKNOWN_NAME', message, { offset: of.offset, hint: suggestion(name, known) });
}
