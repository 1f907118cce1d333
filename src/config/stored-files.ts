import { stringify } from 'yaml';
import type { KeptManifest, SourceFile } from './documents.js';
import type { Manifest } from './model.js';
import { isFields } from './schema/define.js';

/**
 * A stored document as files that can be read once more, by the rules of today: under its name, as `towpath configs get` takes
 * it, with the manifests that were stored inside it where its text names them.
 */
export function storedFiles(
  name: string,
  { text, document }: { text: string; document: unknown },
): { files: SourceFile[]; attachments: KeptManifest[] } {
  const attachments = manifestsIn(document).flatMap(({ path, job }): KeptManifest[] =>
    path === undefined
      ? []
      : [{ path, text: stringify(job, { lineWidth: 0, aliasDuplicateObjects: false }), kept: true }],
  );
  return { files: [{ path: name, text }], attachments };
}

/** Wherever a command may have one; one that was written inside the document is in its text. */
function manifestsIn(value: unknown): Manifest[] {
  if (Array.isArray(value)) return value.flatMap(manifestsIn);
  if (!isFields(value)) return [];
  return isManifest(value) ? [value] : Object.values(value).flatMap(manifestsIn);
}

const isManifest = (value: object): value is Manifest => 'kind' in value && value.kind === 'manifest' && 'job' in value;
