import { stringify } from 'yaml';
import type { Kind } from './documents.js';

/**
 * A normalised document as YAML that can be compared line by line: keys are sorted, since the store keeps no order of them,
 * and a value is as long a line as it is.
 */
export const compiledText = (kind: Kind, document: unknown): string =>
  stringify({ [kind]: document }, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
