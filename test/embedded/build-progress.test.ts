import { expect, test } from '@jest/globals';
import { createProgress, parseTimes, timeLeft } from '../../src/embedded/build-progress.js';

test('packages are counted, other output is not', () => {
  const progress = createProgress(100, () => 0);
  for (const line of ['internal/goarch', 'k8s.io/api/batch/v1', '# warning: x', 'go: downloading a v1', ''])
    progress.line(line);
  expect(progress.note()).toBe('compiling 2/100 packages, usually 5 to 10 min');
});

test('after the last package only linking is left', () => {
  const progress = createProgress(1, () => 0);
  progress.line('main');
  expect(progress.note()).toBe('linking');
});

test.each([
  [49, 1000, 60_000, undefined],
  [100, 1000, 9_000, undefined],
  [500, 1000, 60_000, 'about 60 s left'],
  [500, 1000, 240_000, 'about 4 min left'],
  [999, 1000, 60_000, 'about 10 s left'],
])('%d of %d packages after %d ms: %s', (done, total, elapsed, left) => {
  expect(timeLeft(done, total, elapsed)).toBe(left);
});

test.each([
  ['0m0.01s 0m0.00s\n9m30.5s 1m4.25s\n', 634.75],
  ['0m0.010000s 0m0.000000s\n0m1.000000s 0m0.500000s', 1.5],
  ['', undefined],
])('%j is the CPU time of the children', (text, seconds) => {
  expect(parseTimes(text)).toBe(seconds);
});
