import { z } from 'zod';
import { fullList, object, oneOf, refused } from './define.js';
import { note } from './facts.js';
import { TemplateText, Text, textWith } from './fields.js';

const pointAtManifest = refused('point "local.path" at the manifest');

/** A path is matched in time that grows with each `**`. */
const Pattern = textWith({
  code: 'BAD_VALUE',
  message: 'must be a pattern of gitignore, of at most 200 characters and three "**"',
  holds: (text) => text.trim() !== '' && text.length <= 200 && (text.match(/\*\*/g) ?? []).length <= 3,
});

const Patterns = z.array(Pattern).max(20, 'must have at most 20 patterns');

/** The one Job of a command, as a manifest (docs/spec.md §2.8). */
export const KubernetesConfig = object(
  {
    type: note(z.enum(['KUBERNETES']), { instead: { KUSTOMIZE: 'point "local.path" at the built manifest' } }),
    local: object(
      {
        path: Text.optional(),
        paths: fullList(Text).optional(),
        subPath: pointAtManifest,
        includePatterns: Patterns.optional(),
        excludePatterns: Patterns.optional(),
      },
      oneOf('path', 'paths'),
    ).optional(),
    inlined: TemplateText.optional(),
    remote: pointAtManifest,
    patches: pointAtManifest,
    envInjectionMode: z.enum(['ENV_INJECT_NON_SECRET_ENV', 'ENV_INJECT_DISABLED']).optional(),
  },
  oneOf('local', 'inlined'),
);
