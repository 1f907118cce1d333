import type { ErrorCode } from '../release/codes.js';
import type { Place } from '../release/towpath-error.js';

/** A file as the command line found it: the path as the person named it, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/**
 * A file that a document refers to, named as `localPath` names it. Only the command line can see the disk, so it says here
 * also why a file has no text; the sentence is shown at the place that refers to it.
 */
export type Attachment =
  SourceFile | KeptManifest | { path: string; problem: { code: 'FILE_UNREADABLE' | 'PATH_ESCAPE'; message: string } };

/** A manifest as it was stored with a document: it stands for all that a `local` names, of which `path` is the name. */
export interface KeptManifest extends SourceFile {
  kept: true;
}

/** One mistake or remark, with its place. `path` is the path inside the document: `releaseChannels.1.runtimes.0`. */
export interface Issue {
  severity: 'error' | 'warning' | 'note';
  code: ErrorCode;
  message: string;
  hint?: string;
  at?: Place;
  path?: string;
  /** The offending line, or the part of a very long one around the place. */
  line?: string;
  /** 1-based position in `line` to put a caret under. */
  caret?: number;
}

/** In the order in which they are applied: what is referred to comes before what refers to it (docs/spec.md §11.2). */
export const kinds = [
  'containerRegistry',
  'protection',
  'runtime',
  'deliveryExtension',
  'application',
  'service',
] as const;
export type Kind = (typeof kinds)[number];

/** `runtime/my-custom-runtime`, `service/my-app/my-service`. */
export interface DocumentName {
  kind: Kind;
  name: string;
  /** Services only. */
  application?: string;
}

/** The identity of a document over all kinds. */
export const documentKey = ({ kind, name, application }: DocumentName): string =>
  application === undefined ? `${kind}/${name}` : `${kind}/${application}/${name}`;
