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

export const extensionRules: readonly Rule<ExtensionRuntime>[] = [
  proxyIsALinkedCluster,
  automaticNamespaceFits,
  namespaceIsOne,
];
