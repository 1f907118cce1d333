import { extensionOf, type Catalog } from './catalog.js';
import type { Channel, ExtensionRuntime, Service } from './model.js';

/** The extension that a service uses in a channel, or why there is none. */
export type Choice =
  | { runtime: ExtensionRuntime }
  /** Nothing in the channel has the name that the service wants. */
  | { lacks: string }
  | { isCluster: string }
  /** No name is wanted, and not exactly one extension is there. */
  | { extensions: string[] }
  /** It depends on a runtime that does not exist, which is reported where it is named. */
  | { unknown: true };

/** The connection that the service names, or the only one there is (docs/spec.md §4.3, §5.1). */
export function chooseRuntime(channel: Channel, service: Service, catalog: Catalog): Choice {
  const wanted = service.channels.find((entry) => entry.channel === channel.name)?.connection ?? service.connection;
  if (wanted !== undefined) return named(wanted, channel, catalog);
  if (channel.runtimes.some(({ runtime }) => !catalog.runtimes.has(runtime))) return { unknown: true };
  const extensions = channel.runtimes.flatMap(({ name, runtime }) => {
    const extension = extensionOf(catalog, runtime);
    return extension ? [{ name, extension }] : [];
  });
  const [only, ...others] = extensions;
  if (only && others.length === 0) return { runtime: only.extension };
  return { extensions: extensions.map(({ name }) => name) };
}

function named(wanted: string, channel: Channel, catalog: Catalog): Choice {
  const connection = channel.runtimes.find(({ name }) => name === wanted);
  if (!connection) return { lacks: wanted };
  if (!catalog.runtimes.has(connection.runtime)) return { unknown: true };
  const runtime = extensionOf(catalog, connection.runtime);
  return runtime ? { runtime } : { isCluster: connection.runtime };
}
