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
    type: note(z.enum(['KUBERNETES']), { instead: { KUSTOMIZE: 'point "local.path" at the built manifest' } }).describe(
      'What the manifest is: plain Kubernetes.',
    ),
    local: object(
      {
        path: Text.optional().describe(
          'A file or a folder, relative to this file; a folder that ends in /... means all below it too.',
        ),
        paths: fullList(Text).optional().describe('Several files and folders, one after the other.'),
        subPath: pointAtManifest,
        includePatterns: Patterns.optional().describe(
          'Files of a folder that are read, as .gitignore writes them; all unless said.',
        ),
        excludePatterns: Patterns.optional().describe(
          'Files of a folder that are not read, as .gitignore writes them; none unless said.',
        ),
      },
      oneOf('path', 'paths'),
    )
      .optional()
      .describe('Files with the manifest, which is exactly one Job; "configs apply" reads and stores them.'),
    inlined: TemplateText.optional().describe('The manifest itself, as text.'),
    remote: pointAtManifest,
    patches: pointAtManifest,
    envInjectionMode: z
      .enum(['ENV_INJECT_NON_SECRET_ENV', 'ENV_INJECT_DISABLED'])
      .optional()
      .describe(
        'Whether the main container gets the variables of channel, service and command; those not from Secrets unless said.',
      ),
  },
  oneOf('local', 'inlined'),
);
