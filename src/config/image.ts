import type { Registry } from './model.js';

/** `{host}/{repository}:{tag}`, or `@sha256:…` when the tag is a digest (docs/spec.md §7.5). */
export const imageReference = (host: string, repository: string, tag: string): string =>
  `${host}/${repository}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;

/** The registry whose host an image reference begins with. */
export function registryOfImage(image: string, registries: Record<string, Registry>): Registry | undefined {
  const [first = ''] = image.split('/');
  const host = image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
  return Object.values(registries).find((registry) => registry.host === host);
}
