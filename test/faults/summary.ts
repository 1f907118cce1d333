import { faultName, faults } from './cells.js';
import { schedule } from './schedule.js';

/** A schedule that was run. */
export interface Line {
  seed: string;
  index: number;
  violations: string[];
  tookMs: number;
  /** Of what was tested; lines of earlier versions of the harness have none. */
  version?: string;
}

/** A table of what was run: a line each fault, as the first of a schedule or as its second. */
export function summary(lines: readonly Line[]): string {
  const rows = faults.map(faultName).flatMap((name) => {
    const of = lines.filter(({ seed, index }) =>
      schedule(seed, index).faults.some(({ fault }) => faultName(fault) === name),
    );
    const violations = of.filter((line) => line.violations.length > 0).length;
    const longest = Math.max(...of.map(({ tookMs }) => tookMs));
    return of.length === 0 ? [] : [`| ${name} | ${of.length} | ${violations} | ${Math.round(longest / 1000)} |`];
  });
  const table = ['| fault | schedules | violations | longest (s) |', '| --- | --- | --- | --- |', ...rows];
  return [...table, ...versionsOf(lines)].join('\n');
}

/** Nothing when all ran on the same one. */
function versionsOf(lines: readonly Line[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(versionOf(line), (counts.get(versionOf(line)) ?? 0) + 1);
  if (counts.size < 2) return [];
  return ['', `versions: ${[...counts].map(([version, count]) => `${version} (${count} schedules)`).join(', ')}`];
}

export const versionOf = ({ version }: Line): string => version ?? 'one that was not recorded';
