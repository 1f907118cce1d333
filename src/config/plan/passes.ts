import { releaseId } from '../../release/ids.js';
import type { Catalog } from '../catalog.js';
import type { Application, Channel, ExtensionRuntime, Service } from '../model.js';
import { isConfidential, type ParameterDefinition } from '../kinds/index.js';
import type { Data } from '../template/data.js';
import { writtenValues } from './given-values.js';
import { resolveParameters } from './parameters.js';
import type { PlanIssue, Rendering } from './rendering.js';
import { scopeOf } from './scope.js';
import { constantsOf } from './service-texts.js';
import { resolveUse, type Use } from './uses.js';
import { optionOf, type ChannelValues, type StartValues } from './service-values.js';

export interface Planning {
  application: Application;
  service: Service;
  catalog: Catalog;
  report: (issue: PlanIssue) => void;
  /** What only a release can give; undefined when configuration is checked without one. */
  release: { number: number; version: string; values: ChannelValues; given: StartValues } | undefined;
}

/** With the parameters that its texts may use. */
export type Pass = Rendering & { channel: string; params: ReadonlyMap<string, Data> };

/** The service's own parameters, with what is given for them when the release is started. */
export function firstPass(channel: Channel, runtime: ExtensionRuntime | undefined, of: Planning): Pass {
  const { service, catalog, report, release } = of;
  const document = `service/${service.application}/${service.name}`;
  const path = ['service', 'parameters'];
  const given = Object.entries(release?.values[channel.name] ?? {}).map(([name, { text }]) => ({
    name,
    text,
    document,
    path,
    option: release && optionOf(shown(release.given, service), channel.name, name),
  }));
  const params = resolveParameters({
    definitions: service.parameters,
    given,
    document,
    path,
    catalog,
    channel: channel.name,
    report,
    missing: release
      ? ({ name }, place) =>
          report({
            document,
            channel: channel.name,
            path: [...place, 'name'],
            code: 'PARAMETER_MISSING',
            message: `parameter "${name}" has no value`,
            hint: `give one with --param ${name}=…`,
          })
      : 'open',
  });
  const scope = scopeFor(channel, { runtime: runtime?.name, params, definitions: service.parameters, of });
  return { document, channel: channel.name, scope, report, params };
}

/** Somebody may have given the secret itself, and not a reference to it. */
function shown({ all, byChannel }: StartValues, { parameters }: Service): StartValues {
  const hidden = new Set(parameters.filter(({ kind }) => isConfidential(kind)).map(({ name }) => name));
  const hide = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, hidden.has(name) ? '…' : text]));
  return {
    all: hide(all),
    byChannel: Object.fromEntries(Object.entries(byChannel).map(([name, of]) => [name, hide(of)])),
  };
}

interface Second {
  runtime: ExtensionRuntime;
  first: Pass;
  of: Planning;
}

/** The runtime's parameters, with what the service gives for them. */
export function secondPass(
  channel: Channel,
  { runtime, first, of }: Second,
): { params: Map<string, Data>; rendering: Rendering } {
  const { service, catalog, report } = of;
  const document = `runtime/${runtime.name}`;
  const definitions = runtime.extension.parameters;
  const entry = service.channels.findIndex((each) => each.channel === channel.name && each.values);
  const use: Use = {
    what: `runtime "${runtime.name}"`,
    values: writtenValues(service, channel.name),
    at: entry < 0 ? ['service', 'runtimeExtension'] : ['service', 'perReleaseChannel', entry, 'runtimeExtension'],
    field: 'parameterValues',
    document,
    definitions,
    definitionsAt: ['runtime', 'extension', 'parameters'],
  };
  const params = resolveUse(use, { rendering: first, catalog });
  const scope = scopeFor(channel, { runtime: runtime.name, params, definitions, of });
  return { params, rendering: { document, channel: channel.name, scope, report } };
}

interface ScopeFor {
  /** Its name: of the extension, or of the cluster that a protection runs on. */
  runtime: string | undefined;
  params: ReadonlyMap<string, Data>;
  definitions: readonly ParameterDefinition[];
  of: Planning;
}

/** What the texts of one channel may use, with the parameters of their pass. */
export function scopeFor(channel: Channel, { runtime, params, definitions, of }: ScopeFor): Rendering['scope'] {
  return scopeOf({
    definitions,
    params,
    constants: constantsOf(channel, of.service),
    application: of.application.name,
    service: of.service.name,
    channel: channel.name,
    runtime,
    release: of.release && releaseId(of.application.name, of.service.name, of.release.number),
    version: of.release?.version,
  });
}
