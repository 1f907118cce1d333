import { namesOfKind, type ParameterDefinition } from '../kinds/index.js';
import type { Constant } from '../model.js';
import { open, type Data } from '../template/data.js';
import type { Names } from '../template/names.js';
import type { Scope } from '../template/render.js';

/** What the templates of one pass may use (docs/spec.md §6.3). What is undefined cannot be known yet, and is open. */
export interface ScopeOf {
  definitions: readonly ParameterDefinition[] | undefined;
  params: ReadonlyMap<string, Data> | undefined;
  constants: readonly Constant[] | undefined;
  application: string | undefined;
  service: string | undefined;
  channel: string | undefined;
  runtime: string | undefined;
  /** `app/service/7` */
  release: string | undefined;
  /** Display name of the service version. */
  version: string | undefined;
}

export function scopeOf(of: ScopeOf): Scope {
  const name = (text: string | undefined): Data => map({ Name: text ?? open });
  const builtins = map({
    ReleaseChannel: name(of.channel),
    Runtime: name(of.runtime),
    Application: name(of.application),
    Service: name(of.service),
    Release: map({ Id: of.release ?? open, Version: of.version ?? open }),
  });
  const constants = of.constants && new Map(of.constants.map((each) => [each.name, each.value]));
  const data = map({ Params: of.params ?? open, Constants: constants ?? open, Builtins: builtins });
  return { data, names: namesOf(of) };
}

/** What the name of a version may use: it is the same for all channels, and comes before the release. */
export function versionScope(of: Pick<ScopeOf, 'definitions' | 'params' | 'application' | 'service'>): Scope {
  const { data } = scopeOf({ ...of, constants: [], channel: '', runtime: '', release: '', version: '' });
  const available = new Map<string, Names>([
    ['Params', namesOfParameters(of.definitions)],
    ['Constants', 'elsewhere'],
    ['Builtins', new Map([...builtinNames].map(([name, inside]) => [name, inVersion(name, inside)]))],
  ]);
  return { data, names: available };
}

const inVersion = (name: string, inside: Names): Names =>
  name === 'Application' || name === 'Service' || inside === 'unsupported' ? inside : 'elsewhere';

const map = (entries: Record<string, Data>): ReadonlyMap<string, Data> => new Map(Object.entries(entries));

function namesOf({ definitions, constants }: ScopeOf): Names {
  return new Map<string, Names>([
    ['Params', namesOfParameters(definitions)],
    ['Constants', constants ? new Map(constants.map(({ name }) => [name, 'value'])) : 'any'],
    ['Builtins', builtinNames],
  ]);
}

const namesOfParameters = (definitions: ScopeOf['definitions']): Names =>
  definitions ? new Map(definitions.map(({ name, kind }) => [name, namesOfKind(kind)])) : 'any';

const names = (...list: string[]): Names => new Map(list.map((name) => [name, 'value']));

/** Prodvana has two more, which are refused by name. */
const builtinNames: ReadonlyMap<string, Names> = new Map<string, Names>([
  ['ReleaseChannel', names('Name')],
  [
    'Runtime',
    new Map<string, Names>([
      ['Name', 'value'],
      ['Labels', 'unsupported'],
    ]),
  ],
  ['Application', names('Name')],
  ['Service', names('Name')],
  ['Release', names('Id', 'Version')],
  ['Group', 'unsupported'],
]);
