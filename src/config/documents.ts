import type { ErrorCode } from '../release/codes.js';
import type { Place } from '../release/towpath-error.js';

/** A file as the command line found it: the path as the person named it, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** One mistake or remark, with its place. `path` is the path inside the document: `releaseChannels.1.runtimes.0`. */
export interface Issue {
  severity: 'error' | 'warning' | 'note';
  code: ErrorCode;
  message: string;
  hint?: string;
  at?: Place;
  path?: string;
  /** The offending line, and the column to put a caret under. */
  line?: string;
}

export const kinds = ['containerRegistry', 'runtime', 'application', 'service'] as const;
export type Kind = (typeof kinds)[number];

/** `runtime/my-custom-runtime`, `service/my-app/my-service`. */
export interface DocumentName {
  kind: Kind;
  name: string;
  /** Services only. */
  application?: string;
}

export const documentKey = ({ kind, name, application }: DocumentName): string =>
  application === undefined ? `${kind}/${name}` : `${kind}/${application}/${name}`;
