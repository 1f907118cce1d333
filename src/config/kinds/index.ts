import type { z } from 'zod';
import type { Names } from '../template/names.js';
import { blob } from './blob.js';
import { bool } from './bool.js';
import { commit } from './commit.js';
import type { KindContext, ReadValue, Kind } from './define.js';
import { textProblem } from './define.js';
import { dockerImage } from './docker-image.js';
import { int } from './int.js';
import { secret } from './secret.js';
import { string } from './string.js';

/** Add a kind by adding its name here. */
const table = { string, int, dockerImage, bool, secret, commit, blob };

type Table = typeof table;
export type KindName = keyof Table;
type Rules = { [K in KindName]: z.infer<Table[K]['definition']> };
const kinds: { [K in KindName]: Kind<Rules[K]> } = table;
export const kindNames = Object.keys(table) as KindName[];

/** A parameter of a runtime or a service, as it is stored. */
export type ParameterDefinition<K extends KindName = KindName> = {
  [P in K]: { name: string; description?: string; required: boolean; kind: P; rule: Rules[P] };
}[K];

/** A field for the rule of each kind, of which a definition has one. */
export const definitionFields = Object.fromEntries(
  kindNames.map((name) => [name, table[name].definition.optional()]),
) as { [K in KindName]: z.ZodOptional<Table[K]['definition']> };

/** A field for a value of each kind, of which a value has one. */
export const valueFields: Record<string, z.ZodOptional<z.ZodType<string>>> = Object.fromEntries(
  kindNames.map((name) => [table[name].value.key, table[name].value.schema.optional()]),
);

export const namesOfKind = (kind: KindName): Names => kinds[kind].names;

export const isConfidential = (kind: KindName): boolean => kinds[kind].confidential ?? false;

export const valueKey = (kind: KindName): string => kinds[kind].value.key;

/** The value that a text is for a parameter, or the rule that it breaks. */
export function readValue<K extends KindName>(
  definition: ParameterDefinition<K>,
  text: string,
  context: KindContext,
): ReadValue {
  const problem = textProblem(text, kinds[definition.kind].longest);
  return problem === undefined ? kinds[definition.kind].read(text, definition.rule, context) : { problem };
}

export const defaultOf = <K extends KindName>(definition: ParameterDefinition<K>): string | undefined =>
  kinds[definition.kind].defaultOf(definition.rule);

/** Registries that a definition names, with their places in it. */
export function registriesOf<K extends KindName>({
  kind,
  rule,
}: ParameterDefinition<K>): { path: (string | number)[]; name: string }[] {
  return kinds[kind].registries(rule).map(({ path, name }) => ({ path: [kind, ...path], name }));
}
