import type { Kind } from './documents.js';
import {
  isExtension,
  type Application,
  type ClusterRuntime,
  type ConfigDocument,
  type ExtensionRuntime,
  type Registry,
  type Service,
} from './model.js';

/** Documents that refer to each other, by name. */
export interface Catalog {
  runtimes: ReadonlyMap<string, ClusterRuntime | ExtensionRuntime>;
  registries: ReadonlyMap<string, Registry>;
  applications: ReadonlyMap<string, Application>;
  /** By `application/service`. */
  services: ReadonlyMap<string, Service>;
  /** True for a document that is there but wrong, or may be: what refers to it is not reported. */
  isBroken: (kind: Kind, name: string) => boolean;
  /** Names of such documents, as far as they can be read. */
  brokenNames: (kind: Kind) => string[];
}

/** Later documents replace earlier ones of the same name: files over what is stored. */
export function catalogOf(documents: readonly ConfigDocument[], broken: readonly string[] = []): Catalog {
  const runtimes: [string, ClusterRuntime | ExtensionRuntime][] = [];
  const registries: [string, Registry][] = [];
  const applications: [string, Application][] = [];
  const services: [string, Service][] = [];
  for (const document of documents) {
    if (document.kind === 'runtime') runtimes.push([document.name, document]);
    else if (document.kind === 'containerRegistry') registries.push([document.name, document]);
    else if (document.kind === 'application') applications.push([document.name, document]);
    else services.push([`${document.application}/${document.name}`, document]);
  }
  const keys = new Set(broken);
  return {
    runtimes: new Map(runtimes),
    registries: new Map(registries),
    applications: new Map(applications),
    services: new Map(services),
    brokenNames: (kind) =>
      broken.filter((key) => key.startsWith(`${kind}/`) && !key.endsWith('*')).map((key) => key.slice(kind.length + 1)),
    isBroken: (kind, name) => keys.has(`${kind}/${name}`) || keys.has(`${kind}/*`) || keys.has('*'),
  };
}

export const extensionOf = ({ runtimes }: Catalog, name: string): ExtensionRuntime | undefined => {
  const runtime = runtimes.get(name);
  return runtime && isExtension(runtime) ? runtime : undefined;
};
