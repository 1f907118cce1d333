import { note } from './facts.js';
import { z } from 'zod';
import { object, oneOf, planned, refused } from './define.js';
import { Text } from './fields.js';

const pointAtManifest = refused('point "local.path" at the manifest');

/** The one Job of a command, as a manifest (docs/spec.md §2.8). */
export const KubernetesConfig = object(
  {
    type: note(z.enum(['KUBERNETES']), { instead: { KUSTOMIZE: 'point "local.path" at the built manifest' } }),
    local: object({
      path: Text,
      paths: planned,
      subPath: pointAtManifest,
      includePatterns: planned,
      excludePatterns: planned,
    }).optional(),
    inlined: planned,
    remote: pointAtManifest,
    patches: pointAtManifest,
    envInjectionMode: planned,
  },
  oneOf('local'),
);
