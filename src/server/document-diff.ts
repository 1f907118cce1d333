import { FILE_HEADERS_ONLY, formatPatch, structuredPatch, type StructuredPatch } from 'diff';
import { compiledText } from '../config/compiled-text.js';
import type { NewConfig, StoredConfig } from './ports.js';

/** Beyond it the search costs more than its answer is worth: such a document is shown as replaced. */
const mostEdits = 2000;

/** Unified diff from the stored document to the new one, both as they are understood; empty when that is the same. */
export function documentDiff(before: StoredConfig | undefined, after: NewConfig): string {
  const name = `${after.kind}/${after.key}`;
  const from = before ? compiledText(before.kind, before.document) : '';
  const to = compiledText(after.kind, after.document);
  if (from === to) return '';
  const names = { old: before ? name : '/dev/null', new: name, header: before && `version ${before.version}` };
  const options = { context: 3, maxEditLength: before ? mostEdits : Infinity };
  const patch = structuredPatch(names.old, names.new, from, to, names.header, undefined, options);
  return formatPatch(patch ?? replaced(names, from, to), FILE_HEADERS_ONLY);
}

function replaced(
  names: { old: string; new: string; header: string | undefined },
  from: string,
  to: string,
): StructuredPatch {
  const [old, now] = [linesOf(from), linesOf(to)];
  const lines = [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
  return {
    oldFileName: names.old,
    newFileName: names.new,
    oldHeader: names.header,
    newHeader: undefined,
    hunks: [{ oldStart: 1, oldLines: old.length, newStart: 1, newLines: now.length, lines }],
  };
}

/** Both texts end with the end of a line. */
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
