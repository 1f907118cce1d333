import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../src/config/pattern.js';

const matches = (pattern: string, text: string): boolean | undefined => compilePattern(pattern)?.matches(text);

describe('a pattern', () => {
  test.each([
    ['[a-z0-9.-]+', 'timetable.canal', true],
    ['[a-z0-9.-]+', 'Timetable', false],
    ['a|bc', 'bc', true],
    ['a|bc', 'abc', false],
    ['(?:ab){2,3}', 'ababab', true],
    ['(?:ab){2,3}', 'ab', false],
    ['(a|b)*c?', 'abba', true],
    ['v\\d+\\.\\d+', 'v3.14', true],
    ['.', '\n', false],
    ['.', '😀', true],
    ['\\p{Lu}x', 'Éx', true],
    ['^a$', 'a', true],
    ['a^b', 'ab', false],
    ['', '', true],
    ['a{0}', '', true],
    ['x\\-y', 'x-y', true],
    ['(?i)canal', 'CANAL', true],
    ['\\bcanal\\b', 'canal', true],
  ])('%s of %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test.each([
    ['a back-reference', '(a)\\1'],
    ['a named back-reference', '(?<x>a)\\k<x>'],
    ['look-ahead', '(?=a)a'],
    ['look-behind', '(?<!a)b'],
    ['a parenthesis left open', '(a'],
    ['a parenthesis too many', 'a)'],
    ['a class left open', '[a'],
    ['a class whose range is backwards', '[z-a]'],
    ['nothing to repeat', '*a'],
    ['a repetition of a repetition', 'a**'],
    ['bounds the wrong way round', 'a{3,2}'],
    ['more than 200 characters', 'a'.repeat(201)],
    ['too many states', '(?:(?:a{100}){100}){100}'],
  ])('with %s is none', (_, pattern) => {
    expect(compilePattern(pattern)).toBeUndefined();
  });

  test('answers at once where a backtracking engine would not end', () => {
    expect(matches('(?:a+)+(?:a|b)*(?:a*)*c', 'a'.repeat(20_000))).toBe(false);
  });

  test('can be asked again', () => {
    const pattern = compilePattern('a+');
    expect([pattern?.matches('aa'), pattern?.matches('b'), pattern?.matches('a')]).toEqual([true, false, true]);
  });
});
