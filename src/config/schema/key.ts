import { z } from 'zod';
import type { ErrorCode } from '../../release/codes.js';
import { quoted, showPath, type Found, type Path } from '../issue.js';
import { child, factsOf, inner, type Schema } from './facts.js';
import { placeOf } from './place-hint.js';

const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The field that a key means: snake_case and other spellings become the one name that the schema has. */
export function nameOf(key: string, object: z.ZodObject): string {
  const known = Object.hasOwn(object.shape, key) ? key : camel(key);
  const { spellings = {} } = factsOf(object);
  return Object.hasOwn(spellings, known) ? (spellings[known] as string) : known;
}

interface Key {
  written: string;
  name: string;
  item: unknown;
  object: z.ZodObject;
  /** How the same field was written before in this map, if it was. */
  before: string | undefined;
}

interface Where {
  root: Schema;
  path: Path;
  /** The path as it was written. */
  here: Path;
}

export interface Verdict {
  /** `given`: counts as given in a one-of group, and has no value to go on with. `mistake`: does not count at all. */
  use: 'value' | 'given' | 'absent' | 'mistake';
  found?: Omit<Found, 'path'>;
  /** The field that the key seems to be meant for: it is not missed. */
  meant?: string | undefined;
}

/** What becomes of a key of a map, and what is wrong with it. */
export function judgeKey({ written, name, item, object, before }: Key, { root, path, here }: Where): Verdict {
  const field = child(object, name);
  if (!field) {
    const where = here.length === 0 ? 'a document' : showPath(here);
    const message = `${quoted(written)} is not a field of ${where}`;
    const { hint, meant } = placeOf(name, { root, path });
    return { use: 'mistake', found: { code: 'UNKNOWN_KEY', message, hint }, meant };
  }
  if (before !== undefined) return { use: 'mistake', found: twice(before, written) };
  const { refused, noEffect, next } = factsOf(field);
  if (refused !== undefined) {
    const message = `"${written}" is not supported`;
    return { use: 'mistake', found: { code: 'NOT_SUPPORTED', message, hint: refused.instead }, meant: refused.field };
  }
  if (item === null && !(inner(field) instanceof z.ZodArray))
    return nothing({ written, name, object, field: inner(field) });
  if (noEffect) return remark('NO_EFFECT', `"${written}" is accepted and has no effect`);
  if (next === undefined || next.holds(item)) return { use: 'value' };
  return remark('NOT_ACTIVE_YET', `"${written}" is stored and does not act yet: a release that uses it is refused`);
}

const remark = (code: ErrorCode, message: string): Verdict => ({
  use: 'value',
  found: { code, severity: 'note', message },
});

/** Two spellings of one field, or one field under two names. */
function twice(before: string, written: string): Omit<Found, 'path'> {
  if (camel(before) === camel(written))
    return { code: 'DUPLICATE_KEY', message: `"${before}" and "${written}" are one field` };
  return { code: 'ONE_OF', message: `only one of "${before}" and "${written}" may be given` };
}

/** null means absent; but in a one-of group it would choose nothing, so there the fix is an empty value. */
function nothing({
  written,
  name,
  object,
  field,
}: {
  written: string;
  name: string;
  object: z.ZodObject;
  field: Schema;
}): Verdict {
  if (!factsOf(object).members?.includes(name)) return { use: 'absent' };
  const empty = field instanceof z.ZodObject ? '{}' : field instanceof z.ZodString ? '""' : undefined;
  const hint = empty === undefined ? 'give it one, or leave it out' : `write \`${written}: ${empty}\``;
  return { use: 'given', found: { code: 'ONE_OF', message: `"${written}" has no value`, hint } };
}
