import { expect, test } from '@jest/globals';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import type { Status } from '../../src/release/status.js';
import { channel, releaseView, waiting } from './views.js';

const view = (...statuses: Status[]) =>
  releaseView(
    1,
    statuses.map((status, i) => channel(`c${i}`, { status })),
  );

test.each<[Status[], number | undefined]>([
  [['CONVERGED', 'CONVERGED'], 0],
  [['CONVERGED', 'CONVERGING'], undefined],
  [['CONVERGED', 'WAITING_MANUAL_APPROVAL'], undefined],
  [['FAILED', 'SKIPPED'], 2],
  [['FAILED', 'CONVERGING'], undefined],
  [['CONVERGED', 'REJECTED'], 2],
  [['CONVERGED', 'CANCELLED'], 1],
  [['CANCELLED', 'SKIPPED'], 1],
  [['CONVERGED', 'SKIPPED'], 2],
  [['CONVERGED', 'REPLACED'], 0],
])('a wait for %j ends with %s', (statuses, code) => {
  expect(exitCodeOf(view(...statuses), { successOnReplaced: true })).toBe(code);
});

test('a replaced release is a failure for those who say so', () => {
  expect(exitCodeOf(view('CONVERGED', 'REPLACED'), { successOnReplaced: false })).toBe(2);
});

test('only the channels waited for count', () => {
  expect(exitCodeOf(waiting, { channels: ['staging'], successOnReplaced: true })).toBe(0);
});

test('a channel that the release does not have is refused with those it has', () => {
  expect(() => exitCodeOf(waiting, { channels: ['stagin'], successOnReplaced: true })).toThrow(
    'has no channel "stagin"',
  );
});

test('a status that was asked for ends the wait', () => {
  expect(exitCodeOf(waiting, { status: 'WAITING_MANUAL_APPROVAL', successOnReplaced: true })).toBe(0);
});

test('an end without the status that was asked for is no success', () => {
  expect(exitCodeOf(view('CONVERGED'), { status: 'WAITING_MANUAL_APPROVAL', successOnReplaced: true })).toBe(1);
});
