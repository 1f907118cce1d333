import { coerce, defaultOf, kindOf, type ParameterDefinition, type ParameterValue } from './kinds/index.js';
import type { Path } from './issue.js';
import type { Registry } from './model.js';
import { nearest } from './suggest.js';
import type { PlanIssue } from './plan-issue.js';
import { imageReference } from './image.js';
import { referenceKey, type Data } from './template/data.js';

export interface Given {
  name: string;
  value: string | number;
  /** Document and path of the value, for mistakes in it. */
  document: string;
  path: Path;
}

interface Resolving {
  definitions: ParameterDefinition[];
  given: Given[];
  /** Document and path of the definitions. */
  document: string;
  path: Path;
  channel: string;
  registries: Record<string, Registry>;
  issues: PlanIssue[];
}

/** One value a definition, coerced to its kind: what templates see as `.Params` (docs/spec.md §3.4). A parameter without a value is absent. */
export function resolveParameters(of: Resolving): Map<string, Data> {
  const { definitions, given, issues, channel } = of;
  const params = new Map<string, Data>();
  const names = definitions.map((definition) => definition.name);
  for (const each of given.filter(({ name }) => !names.includes(name))) {
    const near = nearest(each.name, names);
    const hint = near === undefined ? `defined: ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
    issues.push({
      code: 'PARAMETER_UNKNOWN',
      document: each.document,
      path: each.path,
      message: `parameter "${each.name}" is not defined`,
      hint,
    });
  }
  for (const [i, definition] of definitions.entries()) {
    const value = given.findLast(({ name }) => name === definition.name);
    const written = value?.value ?? defaultOf(definition);
    const place = value ?? { document: of.document, path: [...of.path, i] };
    if (written === undefined) {
      if (definition.required)
        issues.push({
          code: 'PARAMETER_MISSING',
          document: of.document,
          path: [...of.path, i, 'name'],
          message: `parameter "${definition.name}" has no value in channel "${channel}"`,
          hint: `give one with --param ${definition.name}=…`,
        });
      continue;
    }
    const coerced = coerce(definition, written);
    if ('problem' in coerced)
      issues.push({
        code: 'PARAMETER_INVALID',
        document: place.document,
        path: place.path,
        message: `parameter "${definition.name}": ${coerced.problem} (channel "${channel}")`,
      });
    else params.set(definition.name, dataOf(definition, coerced.value, of));
  }
  return params;
}

function dataOf(definition: ParameterDefinition, value: string | number, { registries }: Resolving): Data {
  if (!definition.dockerImage) return value;
  const { containerRegistry, imageRepository } = definition.dockerImage.imageRegistryInfo;
  const host = registries[containerRegistry]?.host ?? containerRegistry;
  return new Map<string, Data>([
    [referenceKey, imageReference(host, imageRepository, String(value))],
    ['Tag', String(value)],
  ]);
}

/** The text or number of a written value; its key must fit the definition's kind, or be `string` (docs/spec.md §3.3). */
export function writtenValue(
  value: ParameterValue,
  definition: ParameterDefinition | undefined,
): { value: string | number } | { problem: string } {
  if (value.string !== undefined) return { value: value.string };
  const key = value.int === undefined ? 'dockerImageTag' : 'int';
  const kind = definition && kindOf(definition);
  const fits =
    kind === undefined || (kind === 'int' && key === 'int') || (kind === 'dockerImage' && key === 'dockerImageTag');
  if (!fits)
    return { problem: `"${value.name}" is a ${kind} parameter, write "${kind}" or "string" instead of "${key}"` };
  return { value: value.int ?? value.dockerImageTag ?? '' };
}
