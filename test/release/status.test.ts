import { expect, test } from '@jest/globals';
import { order, overall, statuses, type Status } from '../../src/release/status.js';

test.each<[Status[], Status]>([
  [['CONVERGED', 'CONVERGED'], 'CONVERGED'],
  [['CONVERGED', 'WAITING_MANUAL_APPROVAL'], 'WAITING_MANUAL_APPROVAL'],
  [['CONVERGING', 'WAITING_MANUAL_APPROVAL'], 'CONVERGING'],
  [['FAILED', 'SKIPPED'], 'FAILED'],
  [['CONVERGED', 'REJECTED', 'SKIPPED'], 'REJECTED'],
  [['WAITING_PRECONDITIONS', 'FAILED'], 'WAITING_PRECONDITIONS'],
])('channels %j make the release %s', (channels, expected) => {
  expect(overall(channels)).toBe(expected);
});

test('every status but SKIPPED, which goes with its cause, has its place in the order', () => {
  expect([...order, 'SKIPPED'].sort()).toEqual(Object.keys(statuses).sort());
});
