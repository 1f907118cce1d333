import { given } from '../release/given.js';

/** `{host}/{repository}:{tag}`, or `@sha256:…` when the tag is a digest (docs/spec.md §7.5). */
export const imageReference = (host: string, repository: string, tag: string): string =>
  `${host}/${repository}${isDigest(tag) ? '@' : ':'}${tag}`;

const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** A tag, or a digest in its place. */
export const isTag = (text: string): boolean =>
  isDigest(text) || (text.length <= 128 && /^[A-Za-z0-9_][0-9A-Za-z_.-]*$/.test(text));

/** Lower-case path components, as registries have them. */
export const isRepository = (text: string): boolean =>
  text.length <= 255 && text.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part));

export interface Image {
  /** `docker.io` where none is written. */
  host: string;
  repository: string;
  /** Tag or digest; with both, the digest. */
  tag?: string;
}

/** Takes a reference apart; undefined if it is none. */
export function parseImage(text: string): Image | undefined {
  const [, named = '', digest] = /^([^@]*)(?:@([^@]*))?$/.exec(text) ?? [];
  const { host, path } = splitHost(named);
  const [, repository = '', tag] = /^([^:]*)(?::([^:]*))?$/.exec(path) ?? [];
  if (host === undefined || !isRepository(repository)) return undefined;
  return may(isDigest, digest) && may(isTag, tag) ? given({ host, repository, tag: digest ?? tag }) : undefined;
}

const may = (holds: (text: string) => boolean, text: string | undefined): boolean => text === undefined || holds(text);

/** The first part is a host if it looks like one; a host that cannot be one is undefined. */
function splitHost(text: string): { host: string | undefined; path: string } {
  const [first = '', ...rest] = text.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? { host: registryHost(first), path: rest.join('/') } : { host: 'docker.io', path: text };
}

/** The host, with a port, of a registry's URL; undefined when it has a path that does not belong there (docs/spec.md §2.3). */
export function registryHost(url: string): string | undefined {
  if (/^(?:https?:\/\/)?index\.docker\.io(?:\/v1)?\/?$/i.test(url)) return 'docker.io';
  const match = /^(?:https?:\/\/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)\/?$/i.exec(url);
  return match?.[1]?.toLowerCase();
}
