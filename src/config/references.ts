import type { DocumentName } from './documents.js';
import type { Found } from './issue.js';
import type { Application, ClusterRuntime, ExtensionRuntime, Registry, Service } from './model.js';
import { isExtension, type ConfigDocument } from './model.js';
import { suggestion } from './suggest.js';

/** Everything that can be referred to: what the files say, and what is stored. */
export interface Known {
  runtimes: Record<string, ClusterRuntime | ExtensionRuntime>;
  registries: Record<string, Registry>;
  applications: Record<string, Application>;
  services: Record<string, Service>;
  /** Documents that are there but wrong: `runtime/x`. */
  broken: string[];
}

type Report = (found: Omit<Found, 'code'> & Partial<Pick<Found, 'code'>>) => void;
type Rule<T> = (document: T, known: Known, report: Report) => void;

const unknown = (
  kind: DocumentName['kind'],
  name: string,
  { known, names }: { known: Known; names: string[] },
): string | undefined => {
  if (names.includes(name) || known.broken.includes(`${kind}/${name}`)) return undefined;
  return suggestion(name, names);
};

const proxyIsALinkedCluster: Rule<ExtensionRuntime> = ({ extension }, known, report) => {
  const path = ['runtime', 'extension', 'proxyRuntime', 'runtime'];
  const target = known.runtimes[extension.cluster];
  const hint = unknown('runtime', extension.cluster, { known, names: Object.keys(known.runtimes) });
  if (hint !== undefined) report({ path, message: `runtime "${extension.cluster}" does not exist`, hint });
  if (target && isExtension(target))
    report({
      code: 'RUNTIME_KIND_MISMATCH',
      path,
      message: `"${extension.cluster}" is an extension; a proxy runtime is a linked Kubernetes cluster`,
    });
};

const registriesExist: Rule<ExtensionRuntime> = ({ extension }, known, report) => {
  const check = (name: string | undefined, path: (string | number)[]): void => {
    const hint =
      name === undefined
        ? undefined
        : unknown('containerRegistry', name, { known, names: Object.keys(known.registries) });
    if (hint !== undefined) report({ path, message: `container registry "${name}" does not exist`, hint });
  };
  const program = ['runtime', 'extension', 'apply', 'taskConfig', 'program'];
  check(extension.apply.task?.program.imageRegistryInfo?.containerRegistry, [
    ...program,
    'imageRegistryInfo',
    'containerRegistry',
  ]);
  for (const [i, { dockerImage }] of extension.parameters.entries())
    check(dockerImage?.imageRegistryInfo.containerRegistry, [
      'runtime',
      'extension',
      'parameters',
      i,
      'dockerImage',
      'imageRegistryInfo',
      'containerRegistry',
    ]);
};

const automaticNamespaceFits: Rule<ExtensionRuntime> = ({ name, extension }, _, report) => {
  if (extension.namespace === undefined && name.length > 45)
    report({
      code: 'NAMESPACE_TOO_LONG',
      path: ['runtime', 'name'],
      message: `the automatic namespace pvn-proxy-runtime-${name} is longer than 63 characters`,
      hint: 'set proxyRuntime.containerOrchestration.k8s.namespace',
    });
};

const parameterNamesAreUnique: Rule<ExtensionRuntime | Service> = (document, _, report) => {
  const list = document.kind === 'service' ? document.parameters : document.extension.parameters;
  const path = document.kind === 'service' ? ['service', 'parameters'] : ['runtime', 'extension', 'parameters'];
  for (const [i, { name }] of list.entries())
    if (list.findIndex((each) => each.name === name) < i)
      report({ code: 'BAD_NAME', path: [...path, i, 'name'], message: `parameter "${name}" is defined twice` });
};

const channelsAreUnique: Rule<Application> = ({ channels }, _, report) => {
  for (const [i, { name, runtimes }] of channels.entries()) {
    const path = ['application', 'releaseChannels', i];
    if (channels.findIndex((each) => each.name === name) < i)
      report({ code: 'BAD_NAME', path: [...path, 'name'], message: `channel "${name}" is defined twice` });
    for (const [j, runtime] of runtimes.entries())
      if (runtimes.findIndex((each) => each.name === runtime.name) < j)
        report({
          code: 'BAD_NAME',
          path: [...path, 'runtimes', j],
          message: `connection "${runtime.name}" is defined twice in this channel`,
          hint: 'give each a name',
        });
  }
};

const runtimesExist: Rule<Application> = ({ channels }, known, report) => {
  for (const [i, channel] of channels.entries())
    for (const [j, { runtime, type }] of channel.runtimes.entries()) {
      const path = ['application', 'releaseChannels', i, 'runtimes', j];
      const hint = unknown('runtime', runtime, { known, names: Object.keys(known.runtimes) });
      if (hint !== undefined)
        report({ path: [...path, 'runtime'], message: `runtime "${runtime}" does not exist`, hint });
      const target = known.runtimes[runtime];
      const is = target && (isExtension(target) ? 'EXTENSION' : 'LONG_LIVED_COMPUTE');
      if (is && type && type !== is)
        report({
          code: 'RUNTIME_KIND_MISMATCH',
          path: [...path, 'type'],
          message: `runtime "${runtime}" is ${is}`,
          hint: 'leave the type out: it is derived',
        });
    }
};

const stableNamesAChannel: Rule<Application> = ({ channels }, _, report) => {
  const names = channels.map(({ name }) => name);
  for (const [i, { name, gates }] of channels.entries())
    for (const [j, gate] of gates.entries()) {
      if (gate.kind !== 'stable') continue;
      const path = ['application', 'releaseChannels', i, 'preconditions', j, 'releaseChannelStable', 'releaseChannel'];
      if (gate.channel === name) report({ code: 'CYCLE', path, message: `"${name}" waits for itself` });
      else if (!names.includes(gate.channel))
        report({
          path,
          message: `"${name}" waits for "${gate.channel}", which does not exist`,
          hint: suggestion(gate.channel, names),
        });
      else if (gates.findIndex((each) => each.kind === 'stable' && each.channel === gate.channel) < j)
        report({ code: 'BAD_VALUE', path, message: `"${name}" waits for "${gate.channel}" twice` });
    }
};

const approvalsAreUnique: Rule<Application> = ({ channels }, _, report) => {
  for (const [i, { gates }] of channels.entries())
    for (const [j, gate] of gates.entries())
      if (
        gate.kind === 'approval' &&
        gates.findIndex((each) => each.kind === 'approval' && each.name === gate.name) < j
      )
        report({
          code: 'BAD_NAME',
          path: ['application', 'releaseChannels', i, 'preconditions', j],
          message: `approval "${gate.name}" is there twice in this channel`,
          hint: 'give each a name',
        });
};

const noCycles: Rule<Application> = ({ channels }, _, report) => {
  const upstream = new Map(
    channels.map(({ name, gates }) => [name, gates.flatMap((gate) => (gate.kind === 'stable' ? [gate.channel] : []))]),
  );
  const reported = new Set<string>();
  const walk = (name: string, trail: string[]): void => {
    const start = trail.indexOf(name);
    if (start < 0) {
      for (const next of upstream.get(name) ?? []) if (trail.length <= channels.length) walk(next, [...trail, name]);
      return;
    }
    const cycle = trail.slice(start);
    const key = [...cycle].sort().join();
    if (cycle.length < 2 || reported.has(key)) return;
    reported.add(key);
    const i = channels.findIndex((channel) => channel.name === cycle[0]);
    report({
      code: 'CYCLE',
      path: ['application', 'releaseChannels', i, 'preconditions'],
      message: `channels wait for each other: ${[...cycle, name].join(' → ')}`,
    });
  };
  for (const { name } of channels) walk(name, []);
};

const applicationExists: Rule<Service> = ({ application }, known, report) => {
  const hint = unknown('application', application, { known, names: Object.keys(known.applications) });
  if (hint !== undefined)
    report({ path: ['service', 'application'], message: `application "${application}" does not exist`, hint });
};

const perChannelEntriesNameChannels: Rule<Service> = ({ application, channels }, known, report) => {
  const names = known.applications[application]?.channels.map(({ name }) => name);
  if (!names) return;
  for (const [i, name] of Object.keys(channels).entries())
    if (!names.includes(name))
      report({
        path: ['service', 'perReleaseChannel', i, 'releaseChannel'],
        message: `application "${application}" has no channel "${name}"`,
        hint: suggestion(name, names),
      });
};

/** Add a rule by adding its name here. */
const rules = {
  extension: [proxyIsALinkedCluster, registriesExist, automaticNamespaceFits, parameterNamesAreUnique],
  application: [channelsAreUnique, runtimesExist, stableNamesAChannel, approvalsAreUnique, noCycles],
  service: [applicationExists, perChannelEntriesNameChannels, parameterNamesAreUnique],
} as const;

/** What a document says of others, checked against them. */
export function checkReferences(document: ConfigDocument, known: Known): Found[] {
  const found: Found[] = [];
  const report: Report = (each) => void found.push({ code: 'UNKNOWN_REFERENCE', ...each });
  if (document.kind === 'application') for (const rule of rules.application) rule(document, known, report);
  if (document.kind === 'service') for (const rule of rules.service) rule(document, known, report);
  if (document.kind === 'runtime' && isExtension(document))
    for (const rule of rules.extension) rule(document, known, report);
  return found;
}
