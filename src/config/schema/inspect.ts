import { z } from 'zod';
import { quoted, showPath, type Found, type Path } from '../issue.js';
import { isFields } from './define.js';
import { child, factsOf, inner, type Fields, type Report, type Schema } from './facts.js';
import { judgeKey, nameOf, type Verdict } from './key.js';

/** A value in one spelling, without what was reported, and the way back to what was written. */
export interface Inspected {
  value: unknown;
  found: Found[];
  /** The path as it was written, for a path in `value`. */
  written: (path: Path) => Path;
  /** True where a mistake has been reported that the schema would report again. */
  settled: (path: Path) => boolean;
  /** Fields that do not act yet: their paths in `value`, and how they are spelled. */
  dormant: DormantField[];
  /** False when a group lacks its member or has too many: then the value means nothing, even if its types are right. */
  complete: boolean;
}

export interface DormantField {
  path: Path;
  written: string;
}

interface Walk {
  root: Schema;
  found: Found[];
  /** How the last part of a path was written, where that is not how it is called. */
  renamed: Map<string, string>;
  settled: Set<string>;
  dormant: DormantField[];
  complete: boolean;
}

/**
 * Everything about fields that is not the type of one of them (docs/spec.md §1.4): spellings, null, unknown and refused
 * keys, one-of groups, templates where none may be. What is wrong is reported and left out, so that the rest is checked too.
 */
export function inspect(root: Schema, value: unknown): Inspected {
  const walk: Walk = { root, found: [], renamed: new Map(), settled: new Set(), dormant: [], complete: true };
  const tidy = visit(value, { schema: root, path: [], dormant: false }, walk);
  return {
    value: tidy,
    found: walk.found,
    written: (path) => writtenPath(path, walk),
    settled: (path) => walk.settled.has(keyOf(path)),
    dormant: walk.dormant,
    complete: walk.complete,
  };
}

interface At {
  schema: Schema | undefined;
  path: Path;
  /** Inside of a field that does not act yet: that is said once. */
  dormant: boolean;
}

const keyOf = (path: Path): string => JSON.stringify(path);

const writtenPath = (path: Path, { renamed }: Walk): Path =>
  path.map((part, i) => renamed.get(keyOf(path.slice(0, i + 1))) ?? part);

function visit(value: unknown, at: At, walk: Walk): unknown {
  const schema = at.schema && inner(at.schema);
  if (typeof value === 'string') return text(value, { ...at, schema }, walk);
  if (Array.isArray(value) && schema instanceof z.ZodArray) return items(value, { ...at, schema }, walk);
  if (!isFields(value)) return value;
  if (schema instanceof z.ZodRecord) return entries(value, { ...at, schema }, walk);
  return schema instanceof z.ZodObject ? fields(value, { ...at, schema }, walk) : value;
}

const below = ({ schema, path, dormant }: At, part: string | number): At => ({
  schema: child(schema, part),
  path: [...path, part],
  dormant,
});

const reporter =
  (at: At, walk: Walk, mistaken = false): Report =>
  ({ path = [], missing, ...found }) => {
    if (missing || found.code === 'ONE_OF') walk.complete = false;
    if (!missing || !mistaken) walk.found.push({ ...found, path: writtenPath([...at.path, ...path], walk) });
  };

function text(value: string, { schema, path }: At, walk: Walk): string {
  const found = schema && textFound(value, schema, showPath(writtenPath(path, walk)));
  if (found) {
    walk.settled.add(keyOf(path));
    walk.found.push({ ...found, path: writtenPath(path, walk) });
  }
  return value;
}

function textFound(value: string, schema: Schema, name: string): Omit<Found, 'path'> | undefined {
  const { template, instead } = factsOf(schema);
  if (schema instanceof z.ZodEnum && !schema.options.includes(value)) {
    const hint = typeof instead === 'string' ? instead : instead?.[value];
    if (hint !== undefined)
      return { code: 'NOT_SUPPORTED', message: `${name}: ${quoted(value)} is not supported`, hint };
  }
  const offset = value.indexOf('{{');
  if (offset < 0 || template || !takesText(schema)) return undefined;
  return { code: 'TEMPLATE_NOT_ALLOWED', offset, message: `${name} takes no template` };
}

const takesText = (schema: Schema): boolean =>
  schema instanceof z.ZodString || schema instanceof z.ZodUnion || schema instanceof z.ZodEnum;

function items(value: readonly unknown[], at: At & { schema: z.ZodArray }, walk: Walk): unknown[] {
  const result = value.map((item, i) => visit(item, below(at, i), walk));
  for (const rule of factsOf(at.schema).itemsRules ?? []) rule(result, reporter(at, walk));
  return result;
}

/** Keys are the person's own data: never converted. */
function entries(value: Fields, at: At, walk: Walk): Fields {
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) result[key] = visit(item, below(at, key), walk);
  for (const rule of (at.schema && factsOf(at.schema).rules) ?? []) rule(result, reporter(at, walk));
  return result;
}

interface Collected {
  result: Record<string, unknown>;
  /** For rules: a member of a group that was written as null has been reported, and counts as given. */
  given: Record<string, unknown>;
  /** How each field was written first. */
  before: Map<string, string>;
  /** A key was refused, or is unknown. */
  mistaken: boolean;
}

type AtObject = At & { schema: z.ZodObject };

function fields(value: Fields, at: AtObject, walk: Walk): Fields {
  const empty = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;
  const collected: Collected = { result: empty(), given: empty(), before: new Map(), mistaken: false };
  for (const entry of Object.entries(value)) field(entry, collected, { at, walk });
  for (const rule of factsOf(at.schema).rules ?? []) rule(collected.given, reporter(at, walk, collected.mistaken));
  return collected.result;
}

function field(
  [written, item]: [string, unknown],
  collected: Collected,
  { at, walk }: { at: AtObject; walk: Walk },
): void {
  const name = nameOf(written, at.schema);
  const key = { written, name, item, object: at.schema, before: collected.before.get(name) };
  const verdict = judgeKey(key, { root: walk.root, path: at.path, here: writtenPath(at.path, walk) });
  const dormant = say(verdict.found, { name, written, at, walk });
  if (verdict.meant !== undefined) walk.settled.add(keyOf([...at.path, verdict.meant]));
  if (verdict.use === 'mistake') {
    collected.mistaken = true;
    return;
  }
  collected.before.set(name, written);
  if (written !== name) walk.renamed.set(keyOf([...at.path, name]), written);
  if (verdict.use === 'given') collected.given[name] = null;
  if (verdict.use !== 'value') return;
  const tidy = visit(item, { ...below(at, name), dormant }, walk);
  collected.result[name] = tidy;
  collected.given[name] = tidy;
}

/** Notes what was found about a key; true when it does not act yet, or stands in something that does not. */
function say(found: Verdict['found'], { name, written, at, walk }: Said): boolean {
  if (!found) return at.dormant;
  const dormant = found.code === 'NOT_ACTIVE_YET';
  if (dormant && at.dormant) return true;
  if (dormant) walk.dormant.push({ path: [...at.path, name], written });
  if (found.code === 'ONE_OF') walk.complete = false;
  walk.found.push({ ...found, path: [...writtenPath(at.path, walk), written], atKey: true });
  return dormant || at.dormant;
}

interface Said {
  name: string;
  written: string;
  at: At;
  walk: Walk;
}
