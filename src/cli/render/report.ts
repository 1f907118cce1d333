import type { RunEnd, RunResult, RunView } from '../../release/view.js';
import { printable } from './text.js';

/** More push the channels off the screen. */
const shown = 8;

/** The sentence of the program, also of a result that is too large to be with the run. */
export const messageOf = ({ end }: Pick<RunView, 'end'>): string | undefined =>
  end?.result?.message ?? end?.largeResult?.message;

/** What a program reported beside its sentence, a line each and nothing but text. */
export function reportLines(
  { end, run }: RunView,
  { release, channel }: { release: string; channel: string },
): string[] {
  const command = `towpath releases result ${release} ${channel} --run ${run}`;
  if (end?.largeResult) {
    const { digest: _, bytes, ...excerpt } = end.largeResult;
    return [...linesOf(excerpt).map(printable).slice(0, shown), `a result of ${bytes} bytes: ${command}`];
  }
  const lines = linesOf(end?.result ?? {}).map(printable);
  if (lines.length <= shown) return lines;
  return [...lines.slice(0, shown), `… ${lines.length - shown} more: ${command}`];
}

/** What has a place of its own. */
const known = ['message', 'outputs', 'externalLinks'];

function linesOf(result: RunResult): string[] {
  const { outputs = [], externalLinks = [] } = result;
  const others = Object.entries(result).filter(([key]) => !known.includes(key));
  return [
    ...outputs.map(({ name, text }) => `${name}: ${text}`),
    ...externalLinks.map(({ name, url }) => (name === undefined ? url : `${name}: ${url}`)),
    ...others.map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
  ];
}

/** What was not as it should be, and spoiled nothing. */
export const warningLines = ({ warnings = [] }: Partial<RunEnd> = {}): string[] =>
  warnings.map((warning) => `warning: ${printable(warning)}`);
