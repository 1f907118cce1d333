import { faultName, faults } from './cells.js';
import { schedule } from './schedule.js';

/** A schedule that was run. */
export interface Line {
  seed: string;
  index: number;
  violations: string[];
  tookMs: number;
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
  return ['| fault | schedules | violations | longest (s) |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
