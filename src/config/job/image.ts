import type { Catalog } from '../catalog.js';
import { imageReference, isRepository, isTag, parseImage } from '../image.js';
import { compareBytes, quoted, type Path } from '../issue.js';
import type { Registry, Task } from '../model.js';
import { isOpen, renderText, reportTo, type Rendering } from '../plan/rendering.js';
import { repositoryRule } from '../schema/images.js';

interface Found {
  reference: string;
  registries: Registry[];
}

/** The program whose image it is. */
interface In {
  program: Path;
  catalog: Catalog;
  rendering: Rendering;
}

/** The image of a program, and the registries whose pull secret it may need (docs/spec.md §7.5). */
export function imageOf({ image }: Task, of: In): Found {
  if (typeof image === 'string') return whole(image, of);
  const registry = of.catalog.registries.get(image.registry);
  const tag = checked(image.tag, { path: ['imageTag'], rule: 'neither a tag nor a digest', holds: isTag }, of);
  const repository = checked(
    image.repository,
    {
      path: ['imageRegistryInfo', 'imageRepository'],
      rule: `no repository: it ${repositoryRule}`,
      holds: isRepository,
    },
    of,
  );
  return {
    reference: imageReference(registry?.host ?? image.registry, repository, tag),
    registries: registry ? [registry] : [],
  };
}

function whole(text: string, of: In): Found {
  const isImage = (rendered: string): boolean => parseImage(rendered) !== undefined;
  const reference = checked(text, { path: ['image'], rule: 'no image reference', holds: isImage }, of);
  return { reference, registries: registriesOf(reference, of.catalog) };
}

interface Checking {
  path: string[];
  rule: string;
  holds: (text: string) => boolean;
}

function checked(text: string, { path, rule, holds }: Checking, { program, rendering }: In): string {
  const at = [...program, ...path];
  const rendered = renderText(text, { path: at }, rendering);
  if (!isOpen(rendered) && !holds(rendered))
    reportTo(rendering, { code: 'BAD_VALUE', path: at, message: `${quoted(rendered)} is ${rule}` });
  return rendered;
}

/** Every registry with the host of an image: two may hold different pull secrets, and Kubernetes tries each. */
export function registriesOf(image: string, catalog: Catalog): Registry[] {
  const host = isOpen(image) ? undefined : parseImage(image)?.host;
  return [...catalog.registries.values()]
    .filter((registry) => registry.host === host)
    .sort((a, b) => compareBytes(a.name, b.name));
}
