import type { Path } from '../issue.js';
import { valueKey, type ParameterDefinition } from '../kinds/index.js';
import type { ParameterValue, Service } from '../model.js';
import { secretText } from '../kinds/secret.js';
import { open, Secret, type Open } from '../template/data.js';
import { secretPassedOn } from '../template/secret.js';
import type { GivenValue } from './parameters.js';
import { isOpen, renderText, reportTo, type Rendering } from './rendering.js';

export interface WrittenValue {
  value: ParameterValue;
  path: Path;
}

/** The service's values for one channel, and those of its entry for it, by name or instead (docs/spec.md §5.2). */
export function writtenValues(service: Service, channel: string): WrittenValue[] {
  const at = service.channels.findIndex((entry) => entry.channel === channel);
  const entry = service.channels[at];
  const inList = (values: readonly ParameterValue[] = [], path: Path): WrittenValue[] =>
    values.map((value, i) => ({ value, path: [...path, 'runtimeExtension', 'parameterValues', i] }));
  const special = inList(entry?.values, ['service', 'perReleaseChannel', at]);
  if (entry?.clear) return special;
  const names = new Set(special.map(({ value }) => value.name));
  return [...inList(service.values, ['service']).filter(({ value }) => !names.has(value.name)), ...special];
}

/** What has parameters, and is given values where it is used. */
export interface Used {
  /** `runtime "vm"`, for messages. */
  what: string;
  /** Absent when it does not exist, which is reported. */
  definitions: readonly ParameterDefinition[] | undefined;
}

/** Values with their texts rendered: pass 1 of docs/spec.md §6.2. */
export const givenValues = (
  values: readonly WrittenValue[],
  { what, definitions }: Used,
  rendering: Rendering,
): GivenValue[] =>
  values.map(({ value: { name, key, text }, path }) => {
    const definition = definitions?.find((each) => each.name === name);
    const at = { document: rendering.document, path: definition ? [...path, key] : [...path, 'name'] };
    if (key === 'string') return { name, text: textOf({ text, definition, path: [...path, key] }, rendering), ...at };
    if (!definition || key === valueKey(definition.kind)) return { name, text, ...at };
    reportTo(rendering, {
      code: 'PARAMETER_INVALID',
      path: at.path,
      atKey: true,
      message: `parameter "${name}" of ${what} is of kind ${definition.kind}`,
      hint: `write ${[...new Set([`"${valueKey(definition.kind)}"`, '"string"'])].join(' or ')} instead of "${key}"`,
    });
    return { name, text: open, ...at };
  });

interface WrittenText {
  text: string;
  definition: ParameterDefinition | undefined;
  path: Path;
}

/** A secret is passed on as a whole, or not at all (docs/spec.md §3.3). */
function textOf({ text, definition, path }: WrittenText, rendering: Rendering): string | Open {
  if (definition?.kind !== 'secret') return rendered(text, path, rendering);
  const secret = secretPassedOn(text, rendering.scope);
  if (secret instanceof Secret) return secretText(secret);
  if (secret === open) return open;
  const [message, hint] =
    secret === 'absent'
      ? ['the parameter that it passes on has no value', undefined]
      : [
          'a secret is given by reference',
          'write `secret: {kubernetesSecret: {secretName: …, key: …}}`, or pass one on with {{.Params.x}} and nothing else',
        ];
  reportTo(rendering, { code: 'PARAMETER_INVALID', path, message: `parameter "${definition.name}": ${message}`, hint });
  return open;
}

function rendered(text: string, path: Path, rendering: Rendering): string | Open {
  const value = renderText(text, { path }, rendering);
  return isOpen(value) ? open : value;
}
