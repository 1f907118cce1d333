import { expect, test } from '@jest/globals';
import { faultName } from './cells.js';
import { schedule } from './schedule.js';
import { summary, type Line } from './summary.js';

test('each fault of the schedules that were run has a line, with the longest of them and those that did not hold', () => {
  const lines = [
    { seed: '1', index: 3, violations: [], tookMs: 9000 },
    { seed: '1', index: 3, violations: ['a Job was doubled'], tookMs: 12_400 },
  ];
  const [planned] = schedule('1', 3).faults;
  expect(summary(lines)).toContain(`| ${planned && faultName(planned.fault)} | 2 | 1 | 12 |`);
});

test('versions are named when there are several', () => {
  const ran = (index: number, version?: string): Line => ({
    seed: '1',
    index,
    violations: [],
    tookMs: 9000,
    ...(version === undefined ? {} : { version }),
  });
  expect(summary([ran(0, 'one'), ran(1, 'one')])).not.toContain('versions');
  expect(summary([ran(0, 'one'), ran(1, 'two'), ran(2, 'one'), ran(3)])).toContain(
    '\n\nversions: one (2 schedules), two (1 schedules), one that was not recorded (1 schedules)',
  );
});
