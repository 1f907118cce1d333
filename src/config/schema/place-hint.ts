import { z } from 'zod';
import type { Path } from '../issue.js';
import { nearest, suggestion } from '../suggest.js';
import { child, fieldNames, inner, type Schema } from './facts.js';

interface Where {
  /** The schema of the whole document, and the path of the map in it. */
  root: Schema;
  path: Path;
}

const deepest = 4;

interface Place {
  hint: string;
  /** The field of this map that the key seems to be meant for: if it is missing, that is no second mistake. */
  meant?: string;
}

/** What to do about an unknown key: the place where it would be right, the nearest key, or the keys that exist. */
export function placeOf(key: string, { root, path }: Where): Place {
  const here = path.reduce<Schema | undefined>(child, root);
  const known = fieldNames(here);
  const near = nearest(key, known);
  const below = here && placeBelow(key, here, near === undefined ? deepest : 1);
  if (below) return { hint: `it belongs under "${below.join('.')}"`, meant: below[0] };
  const above = near === undefined ? placeAbove(key, { root, path }) : undefined;
  if (above !== undefined) return { hint: `it belongs under "${above}"` };
  const beside = near === undefined ? placeBeside(key, { root, path }) : undefined;
  if (beside !== undefined) return { hint: `it belongs under "${beside}"` };
  return { hint: suggestion(key, known), ...(near === undefined ? {} : { meant: near }) };
}

type Names = [string, ...string[]];

/** The nearest map further down that has this field. */
function placeBelow(key: string, from: Schema, most: number): Names | undefined {
  const names = placesOf(inner(from)).get(key);
  return names && names.length <= most ? names : undefined;
}

const places = new WeakMap<Schema, ReadonlyMap<string, Names>>();

/** For each field further down the way to the nearest map that has it; made once for each schema. */
function placesOf(from: Schema): ReadonlyMap<string, Names> {
  const known = places.get(from);
  if (known) return known;
  const found = new Map<string, Names>();
  let level = fieldsOf(from).map(({ name, schema }): { schema: Schema; names: Names } => ({ schema, names: [name] }));
  for (let depth = 0; depth < deepest; depth++) {
    const fields = level.flatMap(({ schema, names }) => fieldNames(schema).map((field) => ({ field, names })));
    for (const { field, names } of fields) if (!found.has(field)) found.set(field, names);
    level = level.flatMap(({ schema, names }) =>
      fieldsOf(schema).map((field): (typeof level)[number] => ({
        schema: field.schema,
        names: [...names, field.name],
      })),
    );
  }
  places.set(from, found);
  return found;
}

/** Maps that are fields of a map, also as items of a list. */
function fieldsOf(schema: Schema): { name: string; schema: Schema }[] {
  const object = inner(schema);
  if (!(object instanceof z.ZodObject)) return [];
  return Object.entries(object.shape).flatMap(([name, field]) => {
    const map = itemOf(field as Schema);
    return map instanceof z.ZodObject ? [{ name, schema: map }] : [];
  });
}

function itemOf(schema: Schema): Schema {
  const field = inner(schema);
  return field instanceof z.ZodArray ? itemOf(field.def.element) : field;
}

/** The nearest map around this one that has this field. */
function placeAbove(key: string, { root, path }: Where): string | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const around = path.slice(0, length);
    const name = around.findLast((part) => typeof part === 'string');
    if (typeof name === 'string' && fieldNames(around.reduce<Schema | undefined>(child, root)).includes(key))
      return name;
  }
  return undefined;
}

/** The nearest map beside this one, or beside one around it, that has this field. */
function placeBeside(key: string, { root, path }: Where): string | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const around = path.slice(0, length).reduce<Schema | undefined>(child, root);
    const [name] = (around && placeBelow(key, around, 1)) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}
