import type { ExtensionRuntime } from './model.js';

/** Created on first use, and owned by us (docs/spec.md §7.1). */
export const automaticNamespace = (runtime: string): string => `pvn-proxy-runtime-${runtime}`;

/** Where the Jobs of an extension run. `managed`: the automatic namespace; any other must exist. */
export const namespaceOf = ({ name, extension }: ExtensionRuntime): { name: string; managed: boolean } => ({
  name: extension.namespace ?? automaticNamespace(name),
  managed: extension.namespace === undefined,
});
