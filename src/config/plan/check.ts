import type { Catalog } from '../catalog.js';
import { attachedTo } from '../attached.js';
import { commandsOf, type OwnCommand } from '../commands.js';
import { chooseRuntime } from '../connection.js';
import { documentKey } from '../documents.js';
import { buildJob } from '../job/build.js';
import { mergeEnv } from '../job/env.js';
import { isExtension, type Application, type Channel, type ConfigDocument, type Service } from '../model.js';
import { namespaceOf } from '../namespace.js';
import { planChannel } from './channel.js';
import { identityOf, joinChannels } from './issues.js';
import { resolveParameters } from './parameters.js';
import { renderText, type PlanIssue, type Rendering } from './rendering.js';
import { writtenValues } from './given-values.js';
import type { Planning } from './passes.js';
import { scopeOf, type ScopeOf } from './scope.js';
import { checkVersionName } from './version-name.js';
import { checkAttached, checkTasks } from './tasks.js';
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

/** Mistakes in the templates and the Jobs of a document that show without any other document. */
export const checkAlone = (document: ConfigDocument, catalog: Catalog): PlanIssue[] =>
  collect((report) => {
    for (const own of commandsOf(document)) checkCommand(own, document, { catalog, report });
    if (document.kind === 'application') checkApplication(document, { catalog, report });
  });

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
      const of: Planning = { application, service, catalog, report, release: undefined };
      if ('runtime' in choice) planChannel(channel, choice.runtime, of);
      else checkTexts(service, channel, { catalog, report });
      checkTasks(channel, 'runtime' in choice ? choice.runtime : undefined, of);
    }
    checkVersionName({ application, service, catalog, report, release: undefined });
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

interface Reporting {
  catalog: Catalog;
  report: Report;
}

/** Its Job with every value open: what is wrong with it whoever uses it, and with whatever values. */
function checkCommand(own: OwnCommand, document: ConfigDocument, { catalog, report }: Reporting): void {
  const extension = document.kind === 'runtime' && isExtension(document) ? document : undefined;
  const scope = scopeOf({
    ...nothingKnown,
    definitions: [...own.outer, ...own.definitions],
    runtime: extension?.name,
  });
  const rendering: Rendering = { document: documentKey(document), channel: undefined, scope, report };
  buildJob({
    instance: { application: '', service: '', channel: '', version: '' },
    ...own,
    namespace: extension && namespaceOf(extension).name,
    catalog,
    serviceEnv: [],
    rendering,
  });
  if (own.sharedKey !== undefined) renderText(own.sharedKey, { path: [...own.at, 'sharedInstanceKey'] }, rendering);
}

/** Texts of its channels, whatever service is released. */
function checkApplication(application: Application, { catalog, report }: Reporting): void {
  const scope = scopeOf({ ...nothingKnown, application: application.name });
  const document = documentKey(application);
  const rendering: Rendering = { document, channel: undefined, scope, report };
  mergeEach(application.channels.map((channel) => channelEnv(application, channel, rendering)));
  for (const channel of application.channels)
    for (const each of attachedTo(application, channel)) checkAttached(each, rendering, catalog);
}

/** The texts of a service whose runtime is not known, for one channel or for all that it names. */
function checkTexts(service: Service, channel: Channel | undefined, of: Reporting): void {
  const document = documentKey(service);
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
