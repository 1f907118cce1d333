import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { hasErrors } from '../../src/config/issue.js';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';
import { isFields } from '../../src/config/schema/define.js';
import { Document } from '../../src/config/schema/document.js';
import { child, factsOf, inner, type Schema } from '../../src/config/schema/facts.js';
import { validate } from '../../src/config/validate.js';

const folder = path.join('test', 'fixtures', 'language');
const { files, attachments } = loadPaths(['.'], folder);
const written = parseAllDocuments(readFileSync(path.join(folder, 'all.pvn.yaml'), 'utf8')).map(
  (document) => document.toJS() as unknown,
);

/** The maps of the language, each once although it may have several places, with its first place. */
function mapsIn(schema: Schema, at: string, found = new Map<z.ZodObject, string>()): Map<z.ZodObject, string> {
  const type = inner(schema);
  if (type instanceof z.ZodArray) return mapsIn(type.def.element, at, found);
  if (type instanceof z.ZodRecord) return mapsIn(type.def.valueType, `${at}.*`, found);
  if (!(type instanceof z.ZodObject) || found.has(type)) return found;
  found.set(type, at);
  for (const name of acceptedFields(type))
    mapsIn(type.shape[name] as Schema, at === '' ? name : `${at}.${name}`, found);
  return found;
}

const acceptedFields = ({ shape }: z.ZodObject): string[] =>
  Object.keys(shape).filter((name) => factsOf(shape[name] as Schema).refused === undefined);

/** Notes the fields of each map that a value has. */
function use(value: unknown, schema: Schema | undefined, used: Map<unknown, Set<string>>): void {
  const type = schema && inner(schema);
  if (Array.isArray(value)) for (const [i, item] of value.entries()) use(item, schema && child(schema, i), used);
  if (!isFields(value)) return;
  used.set(type, new Set([...(used.get(type) ?? []), ...Object.keys(value)]));
  for (const [name, item] of Object.entries(value)) use(item, schema && child(schema, name), used);
}

type Spell = (name: string, schema: z.ZodObject) => string;

/** A value with its fields spelled otherwise, but for what is the person's own data. */
function respell(value: unknown, schema: Schema | undefined, spell: Spell): unknown {
  const type = schema && inner(schema);
  if (Array.isArray(value)) return value.map((item, i) => respell(item, schema && child(schema, i), spell));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
    type instanceof z.ZodObject ? spell(name, type) : name,
    respell(item, schema && child(schema, name), spell),
  ]);
  return Object.fromEntries(entries);
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const other = (name: string, schema: z.ZodObject): string =>
  Object.entries(factsOf(schema).spellings ?? {}).find(([, meant]) => meant === name)?.[0] ?? name;

const meaning = (text: string) => {
  const read = readDocuments([{ path: 'all.pvn.yaml', text }], attachments);
  const issues = [...read.issues, ...validate(read, [], { server: true })];
  return {
    errors: hasErrors(issues) ? issues.filter(({ severity }) => severity === 'error') : [],
    documents: read.documents.map(({ document }) => document),
    codes: issues.map(({ code }) => code),
  };
};
const asWritten = meaning(files[0]?.text ?? '');

describe('every field of the language', () => {
  test('is in the documents that this test reads, and they have no mistake', () => {
    const used = new Map<unknown, Set<string>>();
    use(written, z.array(Document), used);
    const unused = [...mapsIn(Document, '')].flatMap(([map, at]) =>
      acceptedFields(map).flatMap((name) => (used.get(map)?.has(name) ? [] : [`${at}.${name}`])),
    );
    expect(unused).toEqual([]);
    expect(asWritten.errors).toEqual([]);
    expect(asWritten.documents).toHaveLength(written.length);
  });

  test.each<[spelling: string, example: string, spell: Spell]>([
    ['snake_case', 'per_release_channel:', snake],
    ['the other name that some have', 'customRuntime:', other],
    ['both', 'custom_runtime:', (name, schema) => snake(other(name, schema))],
  ])('means the same in %s', (_, example, spell) => {
    const text = written.map((value) => stringify(respell(value, Document, spell))).join('---\n');
    expect(text).toContain(example);
    const again = meaning(text);
    expect(again.errors).toEqual([]);
    expect(again.documents).toEqual(asWritten.documents);
    expect(again.codes.toSorted()).toEqual(asWritten.codes.toSorted());
  });
});
