import { z } from 'zod';
import { Document } from '../schema/document.js';
import { child, factsOf, inner, type Facts, type Schema } from '../schema/facts.js';
import { fieldNode } from './field.js';
import type { Node } from './node.js';
import { spellingsOf } from './spellings.js';

/** Where a map is met for the second time it is named, after the field that it was met under first. */
interface Walk {
  /** By what their schemas are made from: a map has another description in each field. */
  names: Map<z.ZodObject['def'], string>;
  definitions: Record<string, Node>;
}

/**
 * The JSON Schema of a document, for editors and for other validators: fields in every spelling, their types, what is required,
 * and groups of which exactly one is given. Rules between fields and documents are `configs validate`'s.
 */
export function documentSchema(): object {
  const walk: Walk = { names: new Map(), definitions: {} };
  const root = objectNode(Document, walk);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Towpath configuration',
    description: 'One document of a Towpath configuration file.',
    ...root,
    definitions: Object.fromEntries(Object.entries(walk.definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function nodeOf(written: Schema, under: string, walk: Walk): Node {
  const schema = inner(written);
  const { looks } = factsOf(schema);
  if (looks) return lookingLike(looks);
  if (schema instanceof z.ZodObject) return { $ref: `#/definitions/${named(schema, under, walk)}` };
  if (schema instanceof z.ZodArray) return arrayNode(schema, under, walk);
  if (schema instanceof z.ZodRecord)
    return { type: 'object', additionalProperties: nodeOf(schema.def.valueType, under, walk) };
  if (schema instanceof z.ZodUnion) return { anyOf: schema.def.options.map((option) => nodeOf(option, under, walk)) };
  if (schema instanceof z.ZodEnum) return { enum: schema.options.map(String) };
  if (schema instanceof z.ZodString) return stringNode(schema);
  if (schema instanceof z.ZodNumber) return { type: 'number' };
  return schema instanceof z.ZodBoolean ? { type: 'boolean' } : {};
}

function named(schema: z.ZodObject, under: string, walk: Walk): string {
  const known = walk.names.get(schema.def);
  if (known !== undefined) return known;
  const taken = (name: string): boolean => [...walk.names.values()].includes(name);
  let name = under;
  for (let i = 2; taken(name); i++) name = `${under}${i}`;
  walk.names.set(schema.def, name);
  walk.definitions[name] = objectNode(schema, walk);
  return name;
}

function arrayNode(schema: z.ZodArray, under: string, walk: Walk): Node {
  const node: Node = { type: 'array', items: nodeOf(schema.def.element, under, walk) };
  const least = (schema as { minLength?: unknown }).minLength;
  const [first] = schema.def.checks ?? [];
  const minimum = first?._zod.def.check === 'min_length' ? (first._zod.def as { minimum?: number }).minimum : least;
  return typeof minimum === 'number' ? { ...node, minItems: minimum } : node;
}

const stringNode = ({ minLength }: z.ZodString): Node => ({ type: 'string', ...(minLength ? { minLength } : {}) });

function lookingLike({ type, pattern }: NonNullable<Facts['looks']>): Node {
  const [only] = type;
  return { type: type.length === 1 && only ? only : [...type], ...(pattern === undefined ? {} : { pattern }) };
}

function objectNode(schema: z.ZodObject, walk: Walk): Node {
  const { members = [] } = factsOf(schema);
  const properties: Record<string, Node> = {};
  const required: string[][] = [];
  for (const name of Object.keys(schema.shape)) {
    const field = child(schema, name);
    if (!field) continue;
    const node = fieldNode(field, factsOf(field).refused ? {} : nodeOf(field, name, walk), members.includes(name));
    const spellings = spellingsOf(name, schema);
    for (const spelling of spellings) properties[spelling] = node;
    if (!(field instanceof z.ZodOptional)) required.push(spellings);
  }
  const plain = required.flatMap(([name, ...others]) => (name !== undefined && others.length === 0 ? [name] : []));
  const spelled = required.filter((spellings) => spellings.length > 1).map(given);
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(plain.length > 0 ? { required: plain } : {}),
    ...(spelled.length > 0 ? { allOf: spelled } : {}),
    ...(members.length > 0 ? { oneOf: members.map((member) => given(spellingsOf(member, schema))) } : {}),
  };
}

/** The field is there, in one of its spellings. */
function given(spellings: readonly string[]): Node {
  const each = spellings.map((spelling) => ({ required: [spelling] }));
  const [only] = each;
  return each.length === 1 && only ? only : { anyOf: each };
}
