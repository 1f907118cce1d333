import { expect, test } from '@jest/globals';
import { identify, isAlive, parseStat } from '../../src/embedded/process-id.js';

test('this process is alive, and another that gets its number later is not it', () => {
  const id = identify(process.pid);
  expect(id && isAlive(id)).toBe(true);
  expect(isAlive({ pid: process.pid, startTime: 'another time' })).toBe(false);
});

test.each([
  ['123 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20', '4242'],
  ['123 (gone) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20', undefined],
])('%j began at %s', (stat, startTime) => {
  expect(parseStat(stat)).toBe(startTime);
});
