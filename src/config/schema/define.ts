import { z } from 'zod';
import { factsOf, note, type Fields, type FieldsRule, type ItemsRule, type Schema } from './facts.js';

/** A map with these fields and no others, and rules over them. */
export const object = <T extends z.core.$ZodShape>(shape: T, ...rules: FieldsRule[]) => {
  const members = rules.flatMap((rule) => groups.get(rule) ?? []);
  return note(z.strictObject(shape), { rules, members });
};

/** Another spelling of a field of this map; both together are a mistake. */
export const alsoSpelled = <S extends Schema>(schema: S, spellings: Record<string, string>): S =>
  note(schema, { spellings: { ...factsOf(schema).spellings, ...spellings } });

/** A list, and rules over its items. */
export const list = <S extends z.core.SomeType>(element: S, ...itemsRules: ItemsRule[]) =>
  note(z.array(element), { itemsRules });

/** The same with at least one item. (A check that is added later makes another schema, without these rules.) */
export const fullList = <S extends z.core.SomeType>(element: S, ...itemsRules: ItemsRule[]) =>
  note(z.array(element).min(1), { itemsRules });

/**
 * A field of Prodvana, or of a later version, that does not act: refused by name, with what to do instead. `field` is the
 * one that is written instead, and is not missed then.
 */
export const refused = (instead: string, field?: string) =>
  note(z.unknown().optional(), { refused: { instead, ...(field === undefined ? {} : { field }) } });

/** A field that is checked for its shape and then has no effect; `configs validate` lists it. */
export const noEffect = <S extends z.ZodType>(schema: S) => note(schema.optional(), { noEffect: true });

/** A value as it was written, before its own schema. */
type Holds = (value: unknown) => boolean;

/**
 * A field that is checked and stored, and does not act yet (docs/spec.md §1.8): a release that uses it is refused. Take the marker away to make
 * it act. `holds` is true for values that say what happens anyway.
 */
export const next = <S extends z.ZodType>(schema: S, holds: Holds = () => false) =>
  note(schema.optional(), { next: { holds } });

/** An empty list, or the very thing that is not done: what they say happens anyway. */
export const isEmptyList: Holds = (value) => Array.isArray(value) && value.length === 0;
export const isFalse: Holds = (value) => value === false;

/** The members of one-of groups, by rule. */
const groups = new WeakMap<FieldsRule, readonly string[]>();

/** Exactly one of the fields. */
export function oneOf(...members: string[]): FieldsRule {
  const choices = members.map((member) => `"${member}"`).join(', ');
  const [only] = members.length === 1 ? members : [];
  const rule: FieldsRule = (fields, report) => {
    const given = members.filter((member) => isGiven(fields, member));
    const [first, ...more] = given.length > 1 ? given.filter((member) => fields[member] !== null) : given;
    for (const second of more)
      report({
        code: 'ONE_OF',
        path: [second],
        atKey: true,
        message: `only one of "${first}" and "${second}" may be given`,
      });
    if (first !== undefined) return;
    if (only === undefined) report({ code: 'ONE_OF', message: `one of ${choices} is required`, missing: true });
    else report({ code: 'MISSING_FIELD', message: `"${only}" is required`, missing: true });
  };
  groups.set(rule, members);
  return rule;
}

export const isGiven = (fields: Fields, name: string): boolean => fields[name] !== undefined;

interface Unique {
  /** What is there twice, for the message. */
  what: string;
  key: (item: Fields) => unknown;
  /** The field to point at; the item itself if there is none. */
  field?: string;
  hint?: string;
}

/** The items' keys are all different; an item without a text for a key is left to its own schema. */
export const unique = ({ what, key, field, hint }: Unique): ItemsRule =>
  function distinct(items, report) {
    const seen = new Set<string>();
    for (const [i, item] of items.entries()) {
      const name = isFields(item) ? key(item) : undefined;
      if (typeof name !== 'string') continue;
      const path = field === undefined ? [i] : [i, field];
      const message = `${what} "${name}" is there twice`;
      if (seen.has(name)) report({ code: 'BAD_NAME', path, message, ...(hint === undefined ? {} : { hint }) });
      seen.add(name);
    }
  };

/** The names of the items are all different. */
export const uniqueNames = (what: string): ItemsRule => unique({ what, key: ({ name }) => name, field: 'name' });

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
