import { expect, test } from '@jest/globals';
import { faultName } from './cells.js';
import { schedule } from './schedule.js';
import { summary } from './summary.js';

test('each fault of the schedules that were run has a line, with the longest of them and those that did not hold', () => {
  const lines = [
    { seed: '1', index: 3, violations: [], tookMs: 9000 },
    { seed: '1', index: 3, violations: ['a Job was doubled'], tookMs: 12_400 },
  ];
  const [planned] = schedule('1', 3).faults;
  expect(summary(lines)).toContain(`| ${planned && faultName(planned.fault)} | 2 | 1 | 12 |`);
});
