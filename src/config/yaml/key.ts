import { isAlias, isMap, isScalar, type Scalar } from 'yaml';
import { quoted } from '../issue.js';
import { offsetOf, type Anchors } from './node.js';
import type { YamlProblem } from './problem.js';
import { scalarProblem } from './scalar-problem.js';

const forbidden = ['__proto__', 'constructor', 'prototype'];

/** The text of a key, or why it cannot be one. */
export function readKey(written: unknown, anchors: Anchors): string | YamlProblem {
  const key = isAlias(written) ? anchors.get(written) : written;
  const offset = offsetOf(written);
  const name = isScalar(key) ? keyText(key) : undefined;
  if (name !== undefined) {
    const allowed = !forbidden.includes(name) && scalarProblem(name) === undefined;
    return allowed ? name : { code: 'BAD_NAME', offset, message: `the key ${quoted(name)} is not allowed` };
  }
  if (!isMap(key) || key.flow !== true) return { code: 'WRONG_TYPE', offset, message: 'a key must be text' };
  const message = 'a key must be text, and this is a map: YAML reads {{ as a map in a map';
  return { code: 'WRONG_TYPE', offset, message, hint: 'quote a text that begins with {{' };
}

/** Numbers and booleans as they were written: a label named `1.0` is not `1`. */
function keyText({ value, source }: Scalar): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? (source ?? String(value)) : undefined;
}
