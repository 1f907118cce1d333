import { registriesOf } from '../kinds/index.js';
import { isExtension, type ExtensionRuntime } from '../model.js';
import { automaticNamespace } from '../namespace.js';
import { mustExist, type Rule } from './rule.js';

const proxyIsALinkedCluster: Rule<ExtensionRuntime> = ({ extension: { cluster } }, catalog, report) => {
  const path = ['runtime', 'extension', 'proxyRuntime', 'runtime'];
  const target = catalog.runtimes.get(cluster);
  if (target && isExtension(target))
    report({
      code: 'RUNTIME_KIND_MISMATCH',
      path,
      message: `"${cluster}" is an extension; a proxy runtime is a linked Kubernetes cluster`,
    });
  const linked = new Map([...catalog.runtimes].filter(([, runtime]) => !isExtension(runtime)));
  if (!target) mustExist({ name: cluster, path, kind: 'runtime', known: linked, linked: true }, catalog, report);
};

const registriesExist: Rule<ExtensionRuntime> = ({ extension: { apply, parameters } }, catalog, report) => {
  const check = (name: string, path: (string | number)[]): void =>
    mustExist({ name, path, kind: 'containerRegistry', known: catalog.registries }, catalog, report);
  const info = ['runtime', 'extension', 'apply', 'taskConfig', 'program', 'imageRegistryInfo', 'containerRegistry'];
  if (apply.exec.kind === 'task' && typeof apply.exec.image === 'object') check(apply.exec.image.registry, info);
  for (const [i, parameter] of parameters.entries())
    for (const { path, name } of registriesOf(parameter))
      check(name, ['runtime', 'extension', 'parameters', i, ...path]);
};

const automaticNamespaceFits: Rule<ExtensionRuntime> = ({ name, extension }, _, report) => {
  const namespace = automaticNamespace(name);
  if (extension.namespace === undefined && namespace.length > 63)
    report({
      code: 'NAMESPACE_TOO_LONG',
      path: ['runtime', 'name'],
      message: `the automatic namespace ${namespace} is longer than 63 characters`,
      hint: 'set "proxyRuntime.containerOrchestration.k8s.namespace"',
    });
};

const namespaceIsOne: Rule<ExtensionRuntime> = ({ extension: { namespace } }, _, report) => {
  if (namespace === undefined || (namespace.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(namespace)))
    return;
  report({
    code: 'BAD_NAME',
    path: ['runtime', 'extension', 'proxyRuntime', 'containerOrchestration', 'k8s', 'namespace'],
    message: 'the name of a namespace has a-z, 0-9 and -, begins and ends with a letter or digit, and 63 at most',
  });
};

const noWrapper: Rule<ExtensionRuntime> = ({ extension: { apply } }, _, report) => {
  if (apply.exec.kind !== 'task') return;
  const { entrypoint = [], cmd = [] } = apply.exec;
  const field = entrypoint.length > 0 ? 'entrypoint' : 'cmd';
  const [first = ''] = [...entrypoint, ...cmd];
  if (!/^(?:.*\/)?pvn-wrapper$/.test(first.trim().split(/\s/)[0] ?? '')) return;
  report({
    code: 'BAD_VALUE',
    severity: 'warning',
    path: ['runtime', 'extension', 'apply', 'taskConfig', 'program', field, 0],
    message: 'pvn-wrapper needs the API of Prodvana, which is not here',
    hint: 'call the command itself',
  });
};

export const extensionRules: readonly Rule<ExtensionRuntime>[] = [
  proxyIsALinkedCluster,
  registriesExist,
  automaticNamespaceFits,
  namespaceIsOne,
  noWrapper,
];
