import type { Kind } from './documents.js';
import {
  isExtension,
  type Application,
  type ClusterRuntime,
  type ConfigDocument,
  type DeliveryExtension,
  type ExtensionRuntime,
  type Protection,
  type Registry,
  type Service,
} from './model.js';

/** Documents that refer to each other, by name. */
export interface Catalog {
  runtimes: ReadonlyMap<string, ClusterRuntime | ExtensionRuntime>;
  registries: ReadonlyMap<string, Registry>;
  protections: ReadonlyMap<string, Protection>;
  deliveryExtensions: ReadonlyMap<string, DeliveryExtension>;
  applications: ReadonlyMap<string, Application>;
  /** By `application/service`. */
  services: ReadonlyMap<string, Service>;
  /** True for a document that is there but wrong, or may be: what refers to it is not reported. */
  isBroken: (kind: Kind, name: string) => boolean;
  /** Names of such documents, as far as they can be read. */
  brokenNames: (kind: Kind) => string[];
}

type OfKind<K extends Kind> = Extract<ConfigDocument, { kind: K }>;

/** Later documents replace earlier ones of the same name: files over what is stored. */
export function catalogOf(documents: readonly ConfigDocument[], broken: readonly string[] = []): Catalog {
  const ofKind = <K extends Kind>(kind: K): OfKind<K>[] =>
    documents.filter((document): document is OfKind<K> => document.kind === kind);
  const named = <K extends Kind>(kind: K): Map<string, OfKind<K>> =>
    new Map(ofKind(kind).map((document) => [document.name, document]));
  const keys = new Set(broken);
  return {
    runtimes: named('runtime'),
    registries: named('containerRegistry'),
    protections: named('protection'),
    deliveryExtensions: named('deliveryExtension'),
    applications: named('application'),
    services: new Map(
      ofKind('service').map((document) => [`${document.application}/${document.name}`, document] as const),
    ),
    brokenNames: (kind) =>
      broken.filter((key) => key.startsWith(`${kind}/`) && !key.endsWith('*')).map((key) => key.slice(kind.length + 1)),
    isBroken: (kind, name) => keys.has(`${kind}/${name}`) || keys.has(`${kind}/*`) || keys.has('*'),
  };
}

export const extensionOf = ({ runtimes }: Catalog, name: string): ExtensionRuntime | undefined => {
  const runtime = runtimes.get(name);
  return runtime && isExtension(runtime) ? runtime : undefined;
};
