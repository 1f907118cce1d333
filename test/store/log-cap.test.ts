import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { head, tail } from '../../src/release/log-positions.js';
import { window } from '../../src/store/log-cap.js';

const mebibyte = 1024 * 1024;

test.each<[string, Parameters<typeof window>, [number, number]]>([
  ['a page at most', [0, 500_000], [0, 500_000]],
  ['no part of the tail beside the head', [5, 30 * mebibyte], [5, head]],
  ['the tail from a place in the gap on', [head, 30 * mebibyte], [21 * mebibyte, 22 * mebibyte]],
  ['nothing at the end', [30 * mebibyte, 30 * mebibyte], [30 * mebibyte, 30 * mebibyte]],
  ['nothing behind the end', [99, 7], [99, 99]],
  ['nothing behind the place that is the last', [5, 30 * mebibyte, 7], [5, 7]],
  ['nothing of the tail when the last place is in the gap', [head, 30 * mebibyte, head + 5], [head + 5, head + 5]],
])('%s is read at once', (_, of, [from, to]) => {
  expect(window(...of)).toEqual({ from, to });
});

test('page by page a reader comes to the place that was the end, while the log grows, and passes over nothing that is kept', () => {
  const sizes = fc.array(fc.nat(20 * mebibyte), { minLength: 1 });
  fc.assert(
    fc.property(fc.nat(40 * mebibyte), fc.double({ min: 0, max: 1, noNaN: true }), sizes, (until, part, growth) => {
      let length = until;
      for (let at = Math.floor(until * part), page = 0; at < until; page += 1) {
        const { from, to } = window(at, length, until);
        const dropped = { from: head, to: Math.max(head, length - tail) };
        expect(to > at && from >= at && to <= until).toBe(true);
        expect(from === at || (at >= dropped.from && from <= dropped.to)).toBe(true);
        at = to;
        length += growth[page % growth.length] ?? 0;
      }
    }),
  );
});
