import { z } from 'zod';
import { factsOf, inner, meaningOf, type Facts, type Schema } from '../schema/facts.js';
import type { Node } from './node.js';

/** What is said of a field beside its type: what it means, and what one would not expect of it. */
interface Words {
  meaning?: string | undefined;
  remark?: string | undefined;
}

const words = new WeakMap<Node, Words>();

/** The parts of a field's description. */
export const wordsOf = (field: Node): Words => words.get(field) ?? {};

function remarkOf({ refused, noEffect, next }: Facts): string | undefined {
  if (refused) return `not supported: ${refused.instead}`;
  if (noEffect) return 'accepted, and has no effect';
  return next && 'checked and stored, and does not act yet: a release that needs it is refused';
}

/** The value of a field: null means that it is absent, except for a list, or in a group of which one member is given. */
export function fieldNode(field: Schema, type: Node, isMember: boolean): Node {
  const said = { meaning: meaningOf(field), remark: remarkOf(factsOf(field)) };
  const node = { ...described(said), ...valueNode(field, type, isMember) };
  words.set(node, said);
  return node;
}

function described({ meaning, remark }: Words): Node {
  const sentence = remark && `${remark.charAt(0).toUpperCase()}${remark.slice(1)}.`;
  const description = [meaning, sentence].filter(Boolean).join(' ');
  return description === '' ? {} : { description };
}

function valueNode(field: Schema, type: Node, isMember: boolean): Node {
  const { refused, noEffect } = factsOf(field);
  if (refused) return { not: {} };
  const optional = field instanceof z.ZodOptional && !isMember && !(inner(field) instanceof z.ZodArray);
  return { ...(noEffect ? { deprecated: true } : {}), ...(optional ? orNull(type) : alone(type)) };
}

/** Beside a reference nothing else is read in draft-07. */
const alone = (node: Node): Node => (node.$ref === undefined ? node : { allOf: [node] });

function orNull(node: Node): Node {
  if (node.enum) return { ...node, enum: [...node.enum, null] };
  if (node.type !== undefined && node.type !== 'object') return { ...node, type: [node.type, 'null'].flat() };
  return { anyOf: [node, { type: 'null' }] };
}
