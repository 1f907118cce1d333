import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { LogIntake } from '../../src/activities/log-intake.js';
import { Redactor } from '../../src/activities/redaction.js';
import type { FramedResult, LogPart, LogState } from '../../src/activities/ports.js';
import { framed, runName, sha256 } from './framed.js';

const begin: LogState = { received: 0, lineStart: true };

const secrets = ['hunter2-hunter2', 'er2-hunter2-and', 'first line of a key\nsecond line of a key\n'].map((each) =>
  Buffer.from(each),
);

/** What a store would have after a pod has logged these pieces; `crashes` are the pieces before which the worker is another one. */
function stored(pieces: Buffer[], crashes: (nth: number) => boolean = () => false) {
  const log = Buffer.concat(pieces);
  let state = begin;
  const text: Buffer[] = [];
  const large = new Map<string, string>();
  const keep = (part: LogPart | undefined): void => {
    if (!part) return;
    expect(part.offset).toBe(state.received);
    text.push(part.text);
    const received = part.offset + part.received;
    state = { received, lineStart: log[received - 1] === 0x0a, ...givenOf(part.framed ?? state.framed) };
    if (part.large && part.framed && 'largeResult' in part.framed)
      large.set(part.framed.largeResult.digest, part.large.toString());
  };
  let intake = new LogIntake({ run: runName, pod: 'pod-1' }, state, new Redactor(secrets));
  let at = 0;
  for (const [nth, piece] of pieces.entries()) {
    if (crashes(nth)) {
      intake = new LogIntake({ run: runName, pod: 'pod-1' }, state, new Redactor(secrets));
      keep(intake.take(log.subarray(state.received, at)));
    }
    keep(intake.take(piece));
    at += piece.length;
    expect(intake.seen).toBe(at);
  }
  keep(intake.rest());
  const { received, framed: found } = state;
  const kept = found && 'largeResult' in found ? large.get(found.largeResult.digest) : undefined;
  return { text: Buffer.concat(text).toString(), received, framed: found, large: kept };
}
const givenOf = (value: FramedResult | undefined) => (value ? { framed: value } : {});
const whole = (text: string) => stored([Buffer.from(text)]);

const big = JSON.stringify({ message: 'big', data: 'x'.repeat(5000) });
const lineFor = (body: string): string => `[result: ${Buffer.byteLength(body)} bytes]\n`;

describe('a framed result', () => {
  test('is taken out of the log, and a line stands for it', () => {
    const body = '{"message":"done","more":{"a":1}}';
    expect(whole(`before\n${framed(body)}after\n`)).toMatchObject({
      text: `before\n${lineFor(body)}after\n`,
      framed: { sha256: sha256(body), result: { message: 'done', more: { a: 1 } } },
    });
  });

  test('that is large is stored apart, under the digest of its JSON', () => {
    const spaced = JSON.stringify(JSON.parse(big), null, 2);
    const { framed: found, large } = whole(framed(spaced));
    const largeResult = { digest: sha256(big), bytes: big.length, message: 'big' };
    expect(found).toEqual({ sha256: sha256(spaced), largeResult });
    expect(large).toBe(big);
  });

  test('of the largest size is read', () => {
    const body = `{"a":"${'x'.repeat(256 * 1024 - 8)}"}`;
    expect(whole(framed(body)).framed).toMatchObject({ largeResult: { bytes: 256 * 1024 } });
  });

  test('that a program prints again with its own log is still one', () => {
    const log = `hello\n${framed('{"a":1}')}`;
    expect(whole(log + log).framed).toEqual({ sha256: sha256('{"a":1}'), result: { a: 1 } });
  });

  test.each<[string, string, string]>([
    [
      'beside another one',
      framed('{"a":1}') + framed('{"a":2}'),
      'a run has one result: two different ones were framed in the log',
    ],
    ['that is not JSON', framed('no'), 'the framed result in the log is not JSON'],
    ['that is empty', framed(''), 'the framed result in the log is not JSON'],
    [
      'whose link runs a script',
      framed('{"externalLinks":[{"url":"javascript:alert(1)"}]}'),
      'the framed result in the log is not valid: "externalLinks.0.url": not an http or https URL',
    ],
    [
      'that is not whole, before one that is',
      `${framed('{}', { bytes: 3 })}${framed('{}')}`,
      'the framed result in the log is not valid: its marker says 3 bytes, and 2 came; nothing else may be printed in between, not to stderr either',
    ],
  ])('%s is not valid', (_, log, sentence) => {
    expect(whole(log).framed).toEqual({ code: 'RESULT_INVALID', sentence });
  });

  test('of bytes that are no text is not valid', () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const [first = '', last = ''] = framed('???', { sha: sha256(body) }).split('\n???');
    expect(stored([Buffer.from(`${first}\n`), body, Buffer.from(last)]).framed).toEqual({
      code: 'RESULT_INVALID',
      sentence: 'the framed result in the log is not UTF-8',
    });
  });

  test('that is broken stays in the log as it was printed', () => {
    const log = `a\n${framed('{"a":1}', { bytes: 9 })}b\n`;
    expect(whole(log).text).toBe(log);
  });
});

test('secrets are left out of the log and of the result, and broken frames', () => {
  const log = `token hunter2-hunter2\n${framed('{"token":"hunter2-hunter2"}')}${framed('hunter2-hunter2', { bytes: 1 })}`;
  const { text, framed: found } = whole(log);
  expect(text).toContain('token [redacted]\n[result: 27 bytes]\n-----BEGIN');
  expect(text).toContain('-----\n[redacted]\n-----END');
  expect(found).toMatchObject({ code: 'RESULT_INVALID' });
  expect(whole(framed('{"token":"hunter2-hunter2"}')).framed).toMatchObject({ result: { token: '[redacted]' } });
});

describe('however the log comes in pieces, and however often the worker is another one,', () => {
  const chunk = fc.constantFrom(
    'a line\n',
    '\n',
    'hunter2-',
    'hunter2-hunter2',
    'hunter2-hunter2-hunter2-and',
    'er2-hunter2-and',
    'first line of a key\n',
    'second line of a key\n',
    'second',
    framed('{"password":"hunter2-hunter2"}'),
    'no newline',
    '-----BEGIN',
    '-----BEGIN TOWPATH RESULT run=',
    framed('{"a":1}'),
    framed('{"message":"ä\u{1f6a2}"}'),
    framed('{}', { bytes: 4 }),
    framed('{}', { name: 'my-app/my-service/1/staging/2' }),
    framed('{"a":1}').slice(0, 150),
    framed(big),
  );
  const log = fc.array(chunk, { maxLength: 8 }).map((parts) => parts.join(''));
  const cuts = fc.array(fc.nat(), { maxLength: 20 });

  test('the same is stored, and every byte is accounted for', () => {
    fc.assert(
      fc.property(log, cuts, fc.integer(), (text, at, crashes) => {
        const bytes = Buffer.from(text);
        const places = [...new Set([0, ...at.map((each) => each % (bytes.length + 1)), bytes.length])];
        places.sort((a, b) => a - b);
        const pieces = places.slice(1).map((to, nth) => bytes.subarray(places[nth], to));
        const split = stored(pieces, (nth) => ((crashes >> (nth % 31)) & 1) === 1);
        expect(split).toEqual(stored([bytes]));
        expect(split.received).toBe(bytes.length);
        expect(secrets.filter((secret) => JSON.stringify(split).includes(secret.toString().trim()))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
