import type { Catalog } from '../catalog.js';
import type { Path } from '../issue.js';
import type { Data } from '../template/data.js';
import { givenValues, type Used, type WrittenValue } from './given-values.js';
import { resolveParameters } from './parameters.js';
import type { Rendering } from './rendering.js';

/** Something with parameters, where it is used. */
export interface Use extends Used {
  values: readonly WrittenValue[];
  /** Where a value that is missing would be given, and under which field. */
  at: Path;
  field: string;
  /** The document that defines it, and the place of its parameters there. */
  document: string;
  definitionsAt: Path;
}

/** The parameters of what is used: the values that it is given, rendered and checked, and defaults. */
export function resolveUse(use: Use, { rendering, catalog }: { rendering: Rendering; catalog: Catalog }) {
  const { what, at, field, document, definitions = [], definitionsAt } = use;
  const given = givenValues(use.values, use, rendering);
  if (!use.definitions) return new Map<string, Data>();
  return resolveParameters({
    definitions,
    given,
    document,
    path: definitionsAt,
    catalog,
    channel: rendering.channel,
    report: rendering.report,
    missing: ({ name }) =>
      rendering.report({
        document: rendering.document,
        channel: rendering.channel,
        path: at,
        atKey: true,
        code: 'PARAMETER_MISSING',
        message: `parameter "${name}" of ${what} has no value`,
        hint: `give it one under "${field}"`,
      }),
  });
}
