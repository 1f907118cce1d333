import { z } from 'zod';
import type { ConfigCode } from '../../release/codes.js';
import type { Path } from '../issue.js';

export type Schema = z.core.$ZodType;
export type Fields = Readonly<Record<string, unknown>>;

/** Reports a mistake inside the map or list that a rule looks at; `path` is relative to it. */
export type Report = (found: RuleFound) => void;
export interface RuleFound {
  code: ConfigCode;
  message: string;
  path?: Path;
  hint?: string;
  atKey?: boolean;
  /** Something is missing: nothing more is said when a key was refused or is unknown that may have been meant for it. */
  missing?: true;
}
/** A rule sees fields as they were written, before their own schemas: each may still have a wrong type. */
export type FieldsRule = (fields: Fields, report: Report) => void;
export type ItemsRule = (items: readonly unknown[], report: Report) => void;

/** What a schema cannot say in zod's words; `inspect` acts on it. */
export interface Facts {
  /** Rules over the fields of a map. Unlike a refinement they run also when a field is wrong, so that all shows at once. */
  rules?: readonly FieldsRule[];
  /** Rules over the items of a list. */
  itemsRules?: readonly ItemsRule[];
  /** Other spellings of fields: `custom` is `extension`. */
  spellings?: Readonly<Record<string, string>>;
  /** Fields of one-of groups: written as null they are a mistake, not absent. */
  members?: readonly string[];
  /** How it is written, where the schema has its rule in code: for the JSON Schema. */
  looks?: { type: readonly ('string' | 'integer')[]; pattern?: string };
  /** A text that may be a template. */
  template?: true;
  /** Values of an enum that are known and refused: what to do instead, for each or for all others. */
  instead?: string | Readonly<Record<string, string>>;
  /** Known and refused: what to do instead, and the field that is written instead (docs/spec.md §1.6). */
  refused?: { instead: string; field?: string };
  /** Accepted without effect (docs/spec.md §1.7). */
  noEffect?: true;
  /** Checked and stored, and does not act yet, unless `holds` says that the value, as it was written, happens anyway. */
  next?: { holds: (value: unknown) => boolean };
}

/** By what a schema is made from: `.describe()` makes another schema from the same. */
const facts = new WeakMap<Schema['_zod']['def'], Facts>();

export const factsOf = (schema: Schema): Facts => facts.get(schema._zod.def) ?? {};

/** Adds facts to a schema; it stays the same schema. */
export function note<S extends Schema>(schema: S, more: Facts): S {
  facts.set(schema._zod.def, { ...factsOf(schema), ...more });
  return schema;
}

/** The schema inside of optional ones and of those that go on to transform. */
export function inner(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional) return inner(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return inner(schema.def.in);
  return schema;
}

/** The sentence of `.describe()`, of the outermost schema that has one. */
export function meaningOf(schema: Schema): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  if (schema instanceof z.ZodOptional) return meaningOf(schema.def.innerType);
  return schema instanceof z.ZodPipe ? meaningOf(schema.def.in) : undefined;
}

/** The schema of a field or an item; undefined where there is none. */
export function child(schema: Schema | undefined, part: string | number): Schema | undefined {
  const parent = schema && inner(schema);
  if (parent instanceof z.ZodObject) return Object.hasOwn(parent.shape, part) ? parent.shape[part] : undefined;
  if (parent instanceof z.ZodArray) return parent.def.element;
  if (parent instanceof z.ZodRecord) return parent.def.valueType;
  return undefined;
}

/** Fields that may be written, with their other spellings, for suggestions. */
export function fieldNames(schema: Schema | undefined): string[] {
  const object = schema && inner(schema);
  if (!(object instanceof z.ZodObject)) return [];
  const names = Object.entries(object.shape).filter(([, field]) => factsOf(field as Schema).refused === undefined);
  return [...names.map(([name]) => name), ...Object.keys(factsOf(object).spellings ?? {})];
}
