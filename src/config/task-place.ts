import { isExtension, type Channel } from './model.js';
import type { Catalog } from './catalog.js';

/** Where protections and delivery extensions of a channel run their Jobs (docs/spec.md §10.5). */
export type TaskPlace =
  | { cluster: string; namespace: string }
  /** The channel lists several clusters, and nothing says which. */
  | { several: string[] }
  /** It lists none: they run where the instance's extension runs its own Jobs. */
  | { withTheInstance: true };

export function taskPlace(channel: Channel, application: string, catalog: Catalog): TaskPlace {
  const linked = channel.runtimes.filter(({ runtime }) => {
    const target = catalog.runtimes.get(runtime);
    return target !== undefined && !isExtension(target);
  });
  const [only, ...others] = linked;
  if (!only) return { withTheInstance: true };
  if (others.length > 0) return { several: linked.map(({ name }) => name) };
  return { cluster: only.runtime, namespace: only.namespace ?? `pvn-${application}-rc-${channel.name}` };
}
