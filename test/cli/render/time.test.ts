import { expect, test } from '@jest/globals';
import { duration } from '../../../src/cli/render/time.js';

test.each([
  [400, '0.4 s'],
  [12_000, '12 s'],
  [59_700, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [3 * 86_400_000, '3 d'],
  [-5, '0.0 s'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
