import { given } from '../../release/given.js';
import { kindNames, valueFields, type ParameterDefinition } from '../kinds/index.js';
import type { Constant, EnvEntry, ParameterValue } from '../model.js';
import type { Written } from '../schema/document.js';

type Service = NonNullable<Written['service']>;

/** Something that is off when it is left out: one spelling of off. */
export const yes = (written: boolean | undefined): true | undefined => written || undefined;

export const env = (written: Service['env'] = {}): EnvEntry[] =>
  Object.entries(written).flatMap(([name, { value, kubernetesSecret }]): EnvEntry[] => {
    if (kubernetesSecret) return [{ name, secret: { name: kubernetesSecret.secretName, key: kubernetesSecret.key } }];
    return value === undefined ? [] : [{ name, value }];
  });

export const constants = (written: Service['constants'] = []): Constant[] =>
  written.map(({ name, string }) => ({ name, value: string.value }));

/** A definition has exactly one of the kinds. */
export const parameters = (written: Service['parameters'] = []): ParameterDefinition[] =>
  written.flatMap(({ name, description, required = false, ...kinds }) => {
    const kind = kindNames.find((each) => kinds[each] !== undefined);
    if (kind === undefined) return [];
    return [given({ name, description, required, kind, rule: kinds[kind] }) as ParameterDefinition];
  });

type Values = NonNullable<Service['runtimeExtension']>['parameterValues'];

/** A value has exactly one of the keys; its schema has made it a text. */
export const values = (written: Values): ParameterValue[] | undefined =>
  written?.flatMap(({ name, ...value }) =>
    Object.entries(value).flatMap(([key, item]) =>
      Object.hasOwn(valueFields, key) && typeof item === 'string' ? [{ name, key, text: item }] : [],
    ),
  );
