import { expect, test } from '@jest/globals';
import { readResult } from '../../src/activities/result-file.js';

test.each([[undefined], [''], [' \n']])('no file (%j) is no error', (message) => {
  expect(readResult(message)).toEqual({});
});

test('unknown keys are kept', () => {
  const result = {
    message: 'm',
    outputs: [{ name: 'url', text: 'x' }],
    externalLinks: [{ url: 'https://x.test' }],
    a: [1],
  };
  expect(readResult(JSON.stringify(result))).toEqual({ result });
});

test.each<[string, string, string]>([
  ['text', 'plain', 'the result file is not JSON'],
  ['half an object', '{"a":', 'the result file is not JSON'],
  ['a list', '[]', 'the result file is not valid: Invalid input: expected object, received array'],
  ['a number', '7', 'the result file is not valid: Invalid input: expected object, received number'],
  [
    'an output without text',
    '{"outputs":[{"name":"a"}]}',
    'the result file is not valid: "outputs.0.text": Invalid input: expected string, received undefined',
  ],
  [
    'a link that runs a script',
    '{"externalLinks":[{"url":"javascript:alert(1)"}]}',
    'the result file is not valid: "externalLinks.0.url": not an http or https URL',
  ],
])('%s is not valid', (_, message, sentence) => {
  expect(readResult(message)).toEqual({ code: 'RESULT_INVALID', sentence });
});

test.each([
  ['at the limit', `{"a":"${'x'.repeat(4090)}`, 'RESULT_TOO_LARGE'],
  ['a byte below', `{"a":"${'x'.repeat(4089)}`, 'RESULT_INVALID'],
  ['in the middle of a character', `{"a":"${'x'.repeat(4088)}\ufffd`, 'RESULT_TOO_LARGE'],
])('a message that was cut %s is %s', (_, message, code) => {
  expect(readResult(message)).toMatchObject({ code });
});

test('a result as long as the limit is read', () => {
  const message = `{"a":"${'x'.repeat(4088)}"}`;
  expect(Buffer.byteLength(message)).toBe(4096);
  expect(readResult(message)).toHaveProperty('result');
});

test('a result that is nested without end is refused, and exhausts nothing', () => {
  const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  expect(readResult(nested(62))).toHaveProperty('result');
  expect(readResult(nested(1_000_000))).toEqual({
    code: 'RESULT_INVALID',
    sentence: 'the result file is not valid: it is nested deeper than 64 levels',
  });
});

test('a prototype is data like any other', () => {
  const read = readResult('{"__proto__":{"polluted":true}}');
  expect(read).toHaveProperty('result');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect((read as { result: { polluted?: boolean } }).result.polluted).toBeUndefined();
});
