import { stringify } from 'yaml';
import type { Kind, SourceFile } from './documents.js';

/** A document as a person would have written it, for verbs that make one: it goes the way of every file. */
export const writeDocument = (kind: Kind, fields: object): SourceFile => ({
  path: `${kind}.towpath.yaml`,
  text: stringify({ [kind]: fields }),
});
