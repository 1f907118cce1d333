import { isDeepStrictEqual } from 'node:util';
import { given } from '../release/given.js';
import type { RunEnd } from '../release/view.js';
import type { LogTail, MainContainer, Unreadable } from './ports.js';
import { readResult } from './result-file.js';

/** What a program reported, or why that could not be read. */
export interface Reported {
  fields: Pick<RunEnd, 'result' | 'largeResult'>;
  unreadable?: Unreadable;
  warnings: string[];
}

/**
 * What was framed in the log goes before the file: it was meant for us and came whole, and a file beside it may be the one
 * that was too large (docs/spec.md §7.7).
 */
export function reportedBy({ message, messageLimit }: Partial<MainContainer>, { framed }: LogTail): Reported {
  const file = readResult(message, messageLimit);
  if (!framed) return 'code' in file ? unreadable(file) : { fields: file, warnings: [] };
  if ('code' in framed) return unreadable(framed);
  const { result, largeResult } = { result: undefined, largeResult: undefined, ...framed };
  const fields = given({ result, largeResult });
  const other = 'result' in file && !isDeepStrictEqual(file.result, result);
  return { fields, warnings: other ? ['the result file was not read: the log has a framed result'] : [] };
}

const unreadable = (why: Unreadable): Reported => ({ fields: {}, unreadable: why, warnings: [] });
