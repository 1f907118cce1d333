import { expect, test } from '@jest/globals';
import { Recent } from '../../src/config/recent.js';

const byLength = (limit: number): Recent<string> => new Recent(limit, (_key, value) => value.length);

test('what was kept is found, and nothing else', () => {
  const recent = byLength(10);
  expect(recent.keep('a', 'one')).toBe('one');
  expect([recent.get('a'), recent.get('b')]).toEqual(['one', undefined]);
});

test('what was used longest ago goes first when the weight is too much', () => {
  const recent = byLength(9);
  for (const key of ['a', 'b', 'c']) recent.keep(key, 'one');
  recent.get('a');
  recent.keep('d', 'one');
  expect(['a', 'b', 'c', 'd'].filter((key) => recent.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
});

test('a key that is kept again weighs once', () => {
  const recent = byLength(6);
  recent.keep('a', 'one');
  for (const value of ['one', 'two']) recent.keep('b', value);
  expect([recent.get('a'), recent.get('b')]).toEqual(['one', 'two']);
});

test('a value that is too heavy alone is not kept', () => {
  const recent = byLength(2);
  expect(recent.keep('a', 'one')).toBe('one');
  expect(recent.get('a')).toBeUndefined();
});
