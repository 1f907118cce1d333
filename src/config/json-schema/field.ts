import { z } from 'zod';
import { factsOf, inner, type Facts, type Schema } from '../schema/facts.js';
import type { Node } from './node.js';

/** What is said of a field beside its type. */
export function remarkOf({ refused, noEffect, next }: Facts): string | undefined {
  if (refused) return `not supported: ${refused.instead}`;
  if (noEffect) return 'accepted, and has no effect';
  return next && 'checked and stored, and does not act yet: a release that uses it is refused';
}

/** The value of a field: null means that it is absent, except for a list, or in a group of which one member is given. */
export function fieldNode(field: Schema, type: Node, isMember: boolean): Node {
  const facts = factsOf(field);
  const description = remarkOf(facts);
  const said: Node = description === undefined ? {} : { description };
  if (facts.refused) return { ...said, not: {} };
  if (facts.noEffect) said.deprecated = true;
  const optional = field instanceof z.ZodOptional && !isMember && !(inner(field) instanceof z.ZodArray);
  return { ...said, ...(optional ? orNull(type) : type) };
}

function orNull(node: Node): Node {
  if (node.enum) return { ...node, enum: [...node.enum, null] };
  if (node.type !== undefined && node.type !== 'object') return { ...node, type: [node.type, 'null'].flat() };
  return { anyOf: [node, { type: 'null' }] };
}
