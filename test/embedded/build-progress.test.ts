import { expect, test } from '@jest/globals';
import { createProgress, parseTimes, timeLeft } from '../../src/embedded/build-progress.js';

test('packages are counted, other output is not', () => {
  const progress = createProgress(100, () => 0);
  for (const line of ['internal/goarch', 'k8s.io/api/batch/v1', '# warning: x', 'go: downloading a v1', ''])
    progress.line(line);
  expect(progress.note()).toBe('compiling 2/100 packages, usually 5 to 10 min');
});

test('after the last package only linking is left', () => {
  const progress = createProgress(2, () => 0);
  progress.line('main');
  expect(progress.note()).toBe('linking');
});

test.each([
  [0.05, 20_000, undefined],
  [0.3, 9_000, undefined],
  [0.3, 40_000, 'about 5 min left'],
  [0.66, 180_000, 'about 3 min left'],
  [0.92, 310_000, 'about 60 s left'],
  [1, 340_000, 'about 20 s left'],
])('with %d of the packages after %d ms: %s', (part, elapsed, left) => {
  expect(timeLeft(part, elapsed)).toBe(left);
});

test.each([
  ['0m0.01s 0m0.00s\n9m30.5s 1m4.25s\n', 634.75],
  ['0m0.010000s 0m0.000000s\n0m1.000000s 0m0.500000s', 1.5],
  ['', undefined],
])('%j is the CPU time of the children', (text, seconds) => {
  expect(parseTimes(text)).toBe(seconds);
});
