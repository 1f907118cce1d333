import { attachedBy, attachedTo, type Attached } from '../attached.js';
import type { Catalog } from '../catalog.js';
import { commandsOf, extensionLists, type OwnCommand } from '../commands.js';
import { documentKey } from '../documents.js';
import type { Path } from '../issue.js';
import { buildJob } from '../job/build.js';
import type { Channel, DeliveryExtension, ExtensionRuntime, ParameterValue, Protection } from '../model.js';
import { namespaceOf } from '../namespace.js';
import { taskPlace } from '../task-place.js';
import type { Data } from '../template/data.js';
import { resolveParameters } from './parameters.js';
import { firstPass, scopeFor, type Pass, type Planning } from './passes.js';
import { renderText, type Rendering } from './rendering.js';
import { resolveUse } from './uses.js';

interface Tasks {
  channel: Channel;
  /** The extension of the instance, if it has one. */
  runtime: ExtensionRuntime | undefined;
  first: Pass;
  of: Planning;
}

/** Mistakes in the protections and convergence extensions of an instance, with the values that they get there. */
export function checkTasks(channel: Channel, runtime: ExtensionRuntime | undefined, of: Planning): void {
  const application = { list: attachedTo(of.application, channel), document: documentKey(of.application) };
  const service = { list: attachedBy(of.service, channel.name), document: documentKey(of.service) };
  const extensions = extensionLists(of.service).filter(
    ({ list, channel: only }) => list.length > 0 && (only === undefined || only === channel.name),
  );
  if (application.list.length + service.list.length + extensions.length === 0) return;
  // What is wrong with the service's own parameters shows where its runtime is planned.
  const first = { ...firstPass(channel, runtime, { ...of, report: () => undefined }), report: of.report };
  const tasks: Tasks = { channel, runtime, first, of };
  for (const { list, document } of [application, service]) for (const each of list) attached(each, document, tasks);
  for (const each of extensions) extensionsIn(each, tasks);
}

function extensionsIn({ at, list }: ReturnType<typeof extensionLists>[number], tasks: Tasks): void {
  for (const [i, { run }] of list.entries())
    if ('ref' in run) referred({ name: run.ref, values: run.values, at: [...at, i] }, tasks);
  for (const own of commandsOf(tasks.of.service)) if (startsWith(own.at, at)) ownTask(own, tasks);
}

const startsWith = (path: Path, start: Path): boolean => start.every((part, i) => path[i] === part);

/** The values that a protection gets where it is used; undefined when it does not exist, which is reported. */
export function checkAttached({ attachment, at }: Attached, rendering: Rendering, catalog: Catalog) {
  const { protection: name, values } = attachment;
  const used = catalog.protections.get(name);
  return resolved({ what: `protection "${name}"`, used, values, at }, rendering, catalog);
}

function attached(each: Attached, document: string, tasks: Tasks): void {
  const found = checkAttached(each, { ...tasks.first, document }, tasks.of.catalog);
  if (found) buildAll(found, tasks);
}

function referred({ name, values, at }: { name: string; values: ParameterValue[]; at: Path }, tasks: Tasks): void {
  const used = tasks.of.catalog.deliveryExtensions.get(name);
  const found = resolved({ what: `delivery extension "${name}"`, used, values, at }, tasks.first, tasks.of.catalog);
  if (found) buildAll(found, tasks);
}

interface Task {
  what: string;
  used: Protection | DeliveryExtension | undefined;
  values: readonly ParameterValue[];
  at: Path;
}

interface Resolved {
  used: Protection | DeliveryExtension;
  params: ReadonlyMap<string, Data>;
}

function resolved({ what, used, values, at }: Task, rendering: Rendering, catalog: Catalog): Resolved | undefined {
  const path = [...at, 'ref', 'parameters'];
  const params = resolveUse(
    {
      what,
      values: values.map((value, i) => ({ value, path: [...path, i] })),
      at: [...at, 'ref'],
      field: 'parameters',
      document: used ? documentKey(used) : '',
      definitions: used?.parameters,
      definitionsAt: [used?.kind ?? '', 'parameters'],
    },
    { rendering, catalog },
  );
  return used && { used, params };
}

function buildAll({ used, params }: Resolved, tasks: Tasks): void {
  for (const own of commandsOf(used)) build(own, { document: documentKey(used), params, tasks });
}

/** One that is inlined: its own parameters have their defaults, and before them are those of the service. */
function ownTask(own: OwnCommand, tasks: Tasks): void {
  const { first, of } = tasks;
  const params = resolveParameters({
    definitions: own.definitions,
    given: [],
    document: first.document,
    path: own.definitionsAt,
    catalog: of.catalog,
    channel: first.channel,
    report: of.report,
    missing: ({ name }, path) =>
      of.report({
        document: first.document,
        channel: first.channel,
        path: [...path, 'name'],
        code: 'PARAMETER_MISSING',
        message: `parameter "${name}" has no value`,
        hint: "give it a default, or take the service's own parameter: it can be used here",
      }),
  });
  build(own, { document: first.document, params: new Map([...first.params, ...params]), tasks });
}

interface Building {
  document: string;
  params: ReadonlyMap<string, Data>;
  tasks: Tasks;
}

function build(own: OwnCommand, { document, params, tasks: { channel, runtime, of } }: Building): void {
  const place = taskPlace(channel, of.application.name, of.catalog);
  const here = 'cluster' in place ? { runtime: place.cluster, namespace: place.namespace } : withInstance(runtime);
  const definitions = [...own.outer, ...own.definitions];
  const scope = scopeFor(channel, { runtime: here.runtime, params, definitions, of });
  const rendering: Rendering = { document, channel: channel.name, scope, report: of.report };
  const { application, service, catalog, release } = of;
  const version = release?.version ?? '';
  buildJob({
    instance: { application: application.name, service: service.name, channel: channel.name, version },
    ...own,
    namespace: here.namespace,
    catalog,
    serviceEnv: [],
    rendering,
  });
  if (own.sharedKey !== undefined) renderText(own.sharedKey, { path: [...own.at, 'sharedInstanceKey'] }, rendering);
}

const withInstance = (runtime: ExtensionRuntime | undefined) => ({
  runtime: runtime?.extension.cluster,
  namespace: runtime && namespaceOf(runtime).name,
});
