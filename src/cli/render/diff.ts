import type { DiffAnswer } from '../../server/api.js';
import type { Colors } from './colors.js';
import { printable } from './text.js';

/** The unified diffs of all that changed, one after the other; a change that nothing comes of says so in a line. */
export const renderDiff = ({ documents }: DiffAnswer, colors: Colors): string[] =>
  documents
    .filter(({ change }) => change !== 'unchanged')
    .flatMap(({ kind, key, diff }) =>
      diff === ''
        ? [colors.dim(`${kind}/${key}: only comments or layout differ`)]
        : diff
            .trimEnd()
            .split('\n')
            .map((line) => paintOf(line, colors)(printable(line))),
    );

function paintOf(line: string, colors: Colors): (text: string) => string {
  if (/^(---|\+\+\+) /.test(line)) return colors.bold;
  if (line.startsWith('@@')) return colors.cyan;
  if (line.startsWith('+')) return colors.green;
  return line.startsWith('-') ? colors.red : (text) => text;
}
