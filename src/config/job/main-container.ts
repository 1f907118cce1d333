import { quoted } from '../issue.js';
import { isOpen } from '../plan/rendering.js';
import type { Report } from './manifest-rules.js';
import type { ManifestContainer, ManifestJob } from './manifest-shape.js';

/** The annotation that names it. */
export const mainContainerKey = 'towpath.dev/main-container';

/** The container whose exit code, log and result count: the one that the annotation names, or the first. */
export function mainContainerOf({ metadata, spec }: ManifestJob, report: Report): ManifestContainer | undefined {
  const { containers } = spec.template.spec;
  const wanted = metadata?.annotations?.[mainContainerKey];
  if (wanted === undefined || isOpen(wanted)) return containers[0];
  const found = containers.find(({ name }) => name === wanted);
  const hint = `it has ${containers.map(({ name }) => quoted(name)).join(', ')}`;
  if (!found)
    report({
      path: ['metadata', 'annotations', mainContainerKey],
      message: `the Job has no container ${quoted(wanted)}`,
      hint,
    });
  return found;
}
