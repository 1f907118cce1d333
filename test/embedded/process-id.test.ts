import { expect, test } from '@jest/globals';
import { identify, isAlive, parseStat } from '../../src/embedded/process-id.js';

test('this process is alive, and another that gets its number later is not it', () => {
  const id = identify(process.pid);
  expect(id && isAlive(id)).toBe(true);
  expect(isAlive({ pid: process.pid, startTime: 'another time' })).toBe(false);
});

test('a process whose first thread has ended lives as long as another of its threads', () => {
  // The state is that of the first thread: a zombie, while the process still holds its files and ports.
  const waiting = '123 (ending) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 5 18 4242 20';
  expect(parseStat(waiting)).toBe('4242');
});

test.each([
  ['123 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20', '4242'],
  ['123 (gone) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 4242 20', undefined],
  ['123 (gone) X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 0 18 4242 20', undefined],
])('%j began at %s', (stat, startTime) => {
  expect(parseStat(stat)).toBe(startTime);
});
