import type { Catalog } from '../catalog.js';
import { chooseRuntime } from '../connection.js';
import { buildJob } from '../job/build.js';
import { mergeEnv } from '../job/env.js';
import {
  isExtension,
  type Application,
  type Channel,
  type ConfigDocument,
  type ExtensionRuntime,
  type Service,
} from '../model.js';
import { namespaceOf } from '../namespace.js';
import { planChannel } from './channel.js';
import { identityOf, joinChannels } from './issues.js';
import { resolveParameters } from './parameters.js';
import { renderText, type PlanIssue, type Rendering } from './rendering.js';
import { writtenValues } from './runtime-values.js';
import { scopeOf, type ScopeOf } from './scope.js';
import { channelEnv, constantsOf, ownEnv } from './service-texts.js';

const nothingKnown: ScopeOf = {
  definitions: undefined,
  params: undefined,
  constants: undefined,
  application: undefined,
  service: undefined,
  channel: undefined,
  runtime: undefined,
  release: undefined,
  version: undefined,
};

/** Mistakes in the templates and the Job of a document that show without any other document. */
export function checkAlone(document: ConfigDocument, catalog: Catalog): PlanIssue[] {
  if (document.kind === 'runtime')
    return isExtension(document) ? collect((report) => checkExtension(document, catalog, report)) : [];
  if (document.kind === 'application') return collect((report) => checkApplication(document, report));
  return [];
}

/**
 * Mistakes in what a service would run in each channel, as far as that can be told without a release. Those that are known,
 * by their identity, are left out, in whichever channel they show.
 */
export function checkService(service: Service, catalog: Catalog, known: ReadonlySet<string> = new Set()): PlanIssue[] {
  const application = catalog.applications.get(service.application);
  if (!application) return collect((report) => checkTexts(service, undefined, { catalog, report }));
  const found = collect((report) => {
    for (const channel of application.channels) {
      const choice = chooseRuntime(channel, service, catalog);
      if ('runtime' in choice)
        planChannel(channel, choice.runtime, { application, service, catalog, report, release: undefined });
      else checkTexts(service, channel, { catalog, report });
    }
  });
  return joinChannels(
    found.filter((issue) => !known.has(identityOf(issue))),
    application.channels.map(({ name }) => name),
  );
}

type Report = (issue: PlanIssue) => void;

function collect(work: (report: Report) => void): PlanIssue[] {
  const found: PlanIssue[] = [];
  work((issue) => void found.push(issue));
  return found;
}

/** Its Job with every value open: what is wrong with it whatever a service says. */
function checkExtension(runtime: ExtensionRuntime, catalog: Catalog, report: Report): void {
  const definitions = runtime.extension.parameters;
  const scope = scopeOf({ ...nothingKnown, definitions, runtime: runtime.name });
  buildJob({
    instance: { application: '', service: '', channel: '', version: '' },
    command: runtime.extension.apply,
    namespace: namespaceOf(runtime).name,
    catalog,
    serviceEnv: [],
    rendering: { document: `runtime/${runtime.name}`, channel: undefined, scope, report },
  });
}

function checkApplication(application: Application, report: Report): void {
  const scope = scopeOf({ ...nothingKnown, application: application.name });
  const rendering: Rendering = { document: '', channel: undefined, scope, report };
  mergeEach(application.channels.map((channel) => channelEnv(application, channel, rendering)));
}

/** The texts of a service whose runtime is not known, for one channel or for all that it names. */
function checkTexts(service: Service, channel: Channel | undefined, of: { catalog: Catalog; report: Report }): void {
  const document = `service/${service.application}/${service.name}`;
  const definitions = service.parameters;
  const path = ['service', 'parameters'];
  const params = resolveParameters({
    definitions,
    given: [],
    document,
    path,
    channel: channel?.name,
    missing: 'open',
    ...of,
  });
  const constants = channel && constantsOf(channel, service);
  const scope = scopeOf({
    ...nothingKnown,
    definitions,
    params,
    constants,
    application: service.application,
    service: service.name,
    channel: channel?.name,
  });
  const rendering: Rendering = { document, channel: channel?.name, scope, report: of.report };
  const channels = channel ? [channel.name] : [undefined, ...service.channels.map((entry) => entry.channel)];
  for (const name of channels) {
    mergeEach(ownEnv(service, name, rendering));
    for (const { value, path: at } of writtenValues(service, name ?? ''))
      if (value.key === 'string') renderText(value.text, { path: [...at, value.key] }, rendering);
  }
}

/** One by one, so that a value that another overrides is looked at too. */
function mergeEach(sources: Parameters<typeof mergeEnv>[0]): void {
  for (const source of sources) mergeEnv([source]);
}
