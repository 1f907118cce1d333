import type { Catalog } from '../catalog.js';
import { quoted, type Path } from '../issue.js';
import { defaultOf, readValue, type ParameterDefinition } from '../kinds/index.js';
import { nearest } from '../suggest.js';
import { open, type Data, type Open } from '../template/data.js';
import type { PlanIssue } from './rendering.js';

/** A text for a parameter, open if it is not known yet, and where it was written. */
export interface GivenValue {
  name: string;
  text: string | Open;
  document: string;
  path: Path;
  /** The option that gave it, when a release is started. */
  option?: string | undefined;
}

interface Resolving {
  definitions: readonly ParameterDefinition[];
  given: readonly GivenValue[];
  /** Key of the document that defines them, and the path of the list in it. */
  document: string;
  path: Path;
  catalog: Catalog;
  channel: string | undefined;
  report: (issue: PlanIssue) => void;
  /** What a definition without a value and default becomes: reported if it is required, or left to the release. */
  missing: 'open' | ((definition: ParameterDefinition, place: Path) => void);
}

/** One value a definition, as templates see it in `.Params`; a parameter without a value is absent (docs/spec.md §3.4). */
export function resolveParameters(of: Resolving): Map<string, Data> {
  unknownNames(of);
  const params = new Map<string, Data>();
  for (const [i, definition] of of.definitions.entries()) {
    const value = of.given.findLast(({ name }) => name === definition.name);
    const text = value?.text ?? defaultOf(definition);
    if (text === undefined) {
      if (of.missing === 'open' || definition.required) params.set(definition.name, open);
      if (of.missing !== 'open' && definition.required) of.missing(definition, [...of.path, i]);
      continue;
    }
    const place = value ?? { document: of.document, path: [...of.path, i] };
    params.set(definition.name, read({ definition, text, place }, of));
  }
  return params;
}

interface Reading {
  definition: ParameterDefinition;
  text: string | Open;
  place: Pick<GivenValue, 'document' | 'path' | 'option'>;
}

/** A value that breaks its rule is open from there on, so that what depends on it is not reported as well. */
function read({ definition, text, place }: Reading, { catalog, channel, report }: Resolving): Data {
  if (text === open) return open;
  const registryHost = (name: string): string | undefined => catalog.registries.get(name)?.host;
  const value = readValue(definition, text, { registryHost });
  if ('data' in value) return value.data;
  const message = `parameter "${definition.name}": ${value.problem}`;
  report({ ...placeOnly(place), channel, code: 'PARAMETER_INVALID', message });
  return open;
}

const placeOnly = ({ document, path, option }: Reading['place']): Reading['place'] => ({ document, path, option });

function unknownNames({ definitions, given, channel, report }: Resolving): void {
  const names = definitions.map(({ name }) => name);
  for (const { name, document, path, option } of given) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const hint = near === undefined ? `defined: ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
    report({
      document,
      path,
      option,
      channel,
      code: 'PARAMETER_UNKNOWN',
      message: `parameter ${quoted(name)} is not defined`,
      hint,
    });
  }
}
