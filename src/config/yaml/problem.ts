import type { ConfigCode } from '../../release/codes.js';

/** A mistake in the YAML of a document, at an offset of its file. */
export interface YamlProblem {
  code: ConfigCode;
  offset: number;
  message: string;
  hint?: string;
}
