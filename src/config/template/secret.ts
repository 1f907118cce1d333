import type { Expression } from './ast.js';
import { isMap, open, Secret, type Data, type Known, type Open } from './data.js';
import { TemplateError } from './error.js';
import type { Names } from './names.js';
import { parseTemplate } from './parse.js';
import type { Scope } from './render.js';

/**
 * The secret that a text passes on: it is exactly one `{{.Params.x}}`, and x is a secret (docs/spec.md §3.5). `absent` when x
 * has no value, undefined when the text is anything else.
 */
export function secretPassedOn(text: string, { data, names }: Scope): Secret | Open | 'absent' | undefined {
  const name = text.includes('{{') ? parameterIn(text) : undefined;
  if (name === undefined || parametersIn(names)?.get(name) !== 'secret') return undefined;
  const params = data.get('Params');
  const value: Data | undefined = params !== undefined && params !== open && isMap(params) ? params.get(name) : open;
  if (value === undefined) return 'absent';
  return value instanceof Secret ? value : open;
}

const parametersIn = (names: Names): ReadonlyMap<string, Names> | undefined => {
  const params = typeof names === 'string' ? undefined : names.get('Params');
  return typeof params === 'object' ? params : undefined;
};

/** What is no template is reported where it is rendered. */
function parameterIn(text: string): string | undefined {
  try {
    const [only, ...others] = parseTemplate(text);
    return only?.kind === 'output' && others.length === 0 ? parameterOf(only.value) : undefined;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** `.Params.x`, or `index .Params "x-y"` for a name that no path can say. */
const parameterOf = (value: Expression): string | undefined => pathOf(value, 2)?.[1] ?? indexOf(value);

function indexOf(value: Expression): string | undefined {
  if (value.kind !== 'call' || value.name !== 'index' || value.piped || value.args.length !== 2) return undefined;
  const [from, key] = value.args;
  return from && pathOf(from, 1) && key?.kind === 'literal' ? textIn(key.value) : undefined;
}

const textIn = (value: Known): string | undefined => (typeof value === 'string' ? value : undefined);

const pathOf = (value: Expression, length: number): string[] | undefined =>
  value.kind === 'path' && value.names.length === length && value.names[0] === 'Params' ? value.names : undefined;
