import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { Redactor } from '../../src/activities/redaction.js';

const redactorOf = (...values: string[]): Redactor => new Redactor(values.map((each) => Buffer.from(each)));
const key =
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\nAQEFAASCBKcwggSjAgEA\n-----END PRIVATE KEY-----\n';

test.each<[string, string[], string, string]>([
  ['a value', ['hunter2hunter2'], 'a hunter2hunter2 b', 'a [redacted] b'],
  ['every place of it', ['hunter22'], 'hunter22hunter22', '[redacted][redacted]'],
  ['the longest of several', ['password', 'password-1234'], 'password-1234', '[redacted]'],
  ['values that overlap, without a rest', ['abcdefgh', 'efghijkl'], 'abcdefghijkl', '[redacted]'],
  ['a value that overlaps itself', ['abcabcab'], 'abcabcabcab!', '[redacted]!'],
  ['a value whose file ends with a newline', ['hunter22\n'], 'x hunter22 y', 'x [redacted] y'],
  [
    'a value in base64',
    ['hunter2hunter2'],
    `token: ${Buffer.from('hunter2hunter2').toString('base64')}`,
    'token: [redacted]=',
  ],
  ['a value of several lines', [key], `x\n${key}y`, 'x\n[redacted]\ny'],
  ['a line of a longer value', [key], 'AQEFAASCBKcwggSjAgEA', '[redacted]'],
  [
    'a line whose last byte would be space if it stood alone',
    ['a long line of text \u00e0\nb'],
    'a long line of text \u00e0!',
    '[redacted]!',
  ],
  [
    'a value in base64, without the newline of its file',
    ['hunter2hunter2\n'],
    Buffer.from('hunter2hunter2').toString('base64'),
    '[redacted]=',
  ],
  ['characters of several bytes', ['pässwörd'], 'é pässwörd é', 'é [redacted] é'],
])('%s is replaced', (_, values, text, shown) => {
  expect(redactorOf(...values).text(text)).toBe(shown);
});

test('a value that is longer than a part of it that is looked for leaves nothing of itself', () => {
  const long = Buffer.from(Array.from({ length: 5001 }, (_, nth) => 33 + ((nth * 7919) % 89))).toString('latin1');
  expect(redactorOf(long).text(`a ${long} b`).replaceAll('[redacted]', '')).toBe('a  b');
});

test('a value of very many lines costs no more than one of many', () => {
  const lines = Array.from({ length: 4000 }, (_, nth) => `line number ${nth} of a Secret`);
  const redactor = redactorOf(lines.join('\n'));
  expect(redactor.text(lines.slice(0, 3).join('\n'))).toBe('[redacted]\n[redacted]\n[redacted]');
  expect(redactor.text(lines.join('\n'))).not.toContain('line number');
});

test.each<[string, string[], string]>([
  ['values of fewer than eight bytes', ['admin', '1234567'], 'admin 1234567'],
  ['the short lines of a longer value', [key], 'short'],
  ['values that are empty, or nothing but space', ['', '\n', ' '.repeat(20)], ` a\n${' '.repeat(30)}`],
  ['text without secrets', [], 'anything'],
])('%s are left alone', (_, values, text) => {
  expect(redactorOf(...values).text(text)).toBe(text);
});

test('inside JSON every text is replaced, also names and what JSON writes in another way', () => {
  const value = { 'a hunter22': ['x', { 'b"\nhunter22': 'line "one"\nline two' }], n: 1, none: null, yes: true };
  expect(redactorOf('hunter22', 'line "one"\nline two').json(value)).toEqual({
    'a [redacted]': ['x', { 'b"\n[redacted]': '[redacted]' }],
    n: 1,
    none: null,
    yes: true,
  });
});

describe('in pieces', () => {
  /** What comes out when each piece is given with what was held back before. */
  function inPieces(redactor: Redactor, pieces: Buffer[]): string {
    let held: Buffer = Buffer.alloc(0);
    const out: Buffer[] = [];
    for (const [nth, piece] of pieces.entries()) {
      held = Buffer.concat([held, piece]);
      const { text, until } = redactor.bytes(held, { last: nth === pieces.length - 1 });
      out.push(text);
      held = held.subarray(until);
    }
    expect(held).toHaveLength(0);
    return Buffer.concat(out).toString();
  }

  test('the same comes out wherever the text is cut', () => {
    const alphabet = fc.constantFrom('a', 'b', 'ab', 'aba', 'é');
    const value = fc.array(alphabet, { minLength: 8, maxLength: 12 }).map((parts) => parts.join(''));
    const values = fc.array(value, { minLength: 1, maxLength: 4 });
    const parts = fc.array(fc.oneof(alphabet, fc.nat(3)), { maxLength: 30 });
    fc.assert(
      fc.property(values, parts, fc.array(fc.nat()), (secrets, words, cuts) => {
        const text = Buffer.from(
          words.map((word) => (typeof word === 'number' ? secrets[word % secrets.length] : word)).join(''),
        );
        const places = [...new Set([0, ...cuts.map((each) => each % (text.length + 1)), text.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((to, nth) => text.subarray(places[nth], to));
        const redactor = redactorOf(...secrets);
        const whole = redactor.text(text.toString());
        expect(inPieces(redactor, pieces.length === 0 ? [text] : pieces)).toBe(whole);
        expect(secrets.filter((secret) => whole.includes(secret))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('what may be the begin of a secret is held back, and no more', () => {
    const redactor = redactorOf('hunter2hunter2');
    expect(redactor.bytes(Buffer.from('a hunter2h'), { last: false })).toEqual({ text: Buffer.from('a '), until: 2 });
    expect(redactor.bytes(Buffer.from('a hunter3'), { last: false }).until).toBe(9);
    expect(redactor.bytes(Buffer.from('a hunter2h'), { last: true })).toMatchObject({ until: 10 });
  });

  test('a text that is one secret after the other is not held back without end', () => {
    const redactor = redactorOf('aaaaaaaa');
    const text = Buffer.alloc(600 * 1024, 'a');
    expect(redactor.bytes(text, { last: false })).toEqual({ text: Buffer.from('[redacted]'), until: text.length });
  });
});
