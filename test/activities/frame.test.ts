import { describe, expect, test } from '@jest/globals';
import { findFrame, type Found } from '../../src/activities/frame.js';
import { framed, runName, sha256 } from './framed.js';

const find = (text: string, { last = true, lineStart = true } = {}): Found =>
  findFrame(runName, { bytes: Buffer.from(text), from: 0, lineStart, last });
const allText = (text: string): Found => ({ kind: 'text', until: Buffer.byteLength(text) });

describe('a frame', () => {
  test.each([
    ['alone', '', ''],
    ['between lines', 'before\n', 'after\n'],
    ['after an empty line', '\n', ''],
  ])('%s is found', (_, before, after) => {
    const frame = framed('{"a":1}');
    const found = find(before + frame + after);
    expect(found).toEqual({
      kind: 'frame',
      from: before.length,
      to: before.length + frame.length,
      body: Buffer.from('{"a":1}'),
      sha256: sha256('{"a":1}'),
    });
  });

  test.each(['', '\n', 'a\n', '\n\nb\r\n', 'ä\u{1f6a2}', framed('{}', { name: 'other/x/1/y/2' })])(
    'may hold %j',
    (body) => {
      expect(find(framed(body))).toMatchObject({ kind: 'frame', body: Buffer.from(body) });
    },
  );

  test('may end with the log, without a newline', () => {
    expect(find(framed('{}').trimEnd())).toMatchObject({ kind: 'frame' });
  });

  test('is open until the line of its second marker has ended', () => {
    const frame = framed('{"a":1}');
    const marker = '-----BEGIN TOWPATH RESULT run='.length + runName.length + 1;
    for (let length = marker; length < frame.length; length++)
      expect(find(`x\n${frame.slice(0, length)}`, { last: false })).toEqual({ kind: 'open', from: 2 });
  });
});

describe('what is text:', () => {
  test.each([
    ['a marker within a line', `+ ${framed('{}').split('\n')[0]}\n{}\n`],
    ['the frame of another run', framed('{}', { name: 'my-app/my-service/1/staging/2' })],
    ['the frame of a run whose number begins alike', framed('{}', { name: `${runName}2` })],
    ['the frame of another channel', framed('{}', { name: 'my-app/my-service/1/production/1' })],
    ['a second marker alone', `${framed('{}').split('\n')[2]}\n`],
    ['the words of a script', "printf -- '-----BEGIN TOWPATH RESULT run=%s bytes=%s sha256=%s-----'\n"],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(find(text)).toEqual(allText(text));
  });

  test('a marker that goes on with a line that was stored before', () => {
    const text = framed('{}');
    expect(find(text, { lineStart: false })).toEqual(allText(text));
  });
});

describe('a line that has only begun', () => {
  test.each([
    ['is held back while it may become a marker', 'a\n-----BEGIN TOW', 'a\n'],
    ['is held back from its first byte', '-', ''],
    ['is text when it cannot', 'a\n-----BEGIN CERT', 'a\n-----BEGIN CERT'],
  ])('%s', (_, text, sure) => {
    expect(find(text, { last: false })).toEqual(allText(sure));
    expect(find(text)).toEqual(allText(text));
  });
});

describe('a broken frame', () => {
  const limit = 256 * 1024;
  const lines = framed('{"a":1}').split('\n');
  test.each<[string, string, string]>([
    ['without a digest', framed('{}', { sha: '' }), 'its first marker is not valid'],
    ['with a negative length', framed('{}', { bytes: -2 }), 'its first marker is not valid'],
    ['that ends with the log', `${lines[0]}\n{"a"`, 'its marker says 7 bytes, and 4 came without a second marker'],
    [
      'that is shorter than it says',
      framed('{}', { bytes: 9 }),
      'its marker says 9 bytes, and 2 came; nothing else may be printed in between, not to stderr either',
    ],
    [
      'that something was printed into',
      `${lines[0]}\n{"a"warning: low disk\n:1}\n${lines[2]}\n`,
      'its marker says 7 bytes, and 25 came; nothing else may be printed in between, not to stderr either',
    ],
    [
      'with another digest',
      framed('{}', { sha: sha256('[]') }),
      `its SHA-256 is ${sha256('{}')}, and its marker says ${sha256('[]')}; it was changed on its way`,
    ],
  ])('%s says what is wrong', (_, text, why) => {
    expect(find(text)).toEqual({
      kind: 'broken',
      from: text.indexOf('\n') + 1,
      problem: { code: 'RESULT_INVALID', sentence: `the framed result in the log is not valid: ${why}` },
    });
  });

  test('of more than 256 KiB is too large before it is read', () => {
    const text = framed('', { bytes: limit + 1 }).slice(0, 200);
    expect(find(text, { last: false })).toMatchObject({
      kind: 'broken',
      problem: {
        code: 'RESULT_TOO_LARGE',
        sentence: `the framed result in the log is not valid: it has ${limit + 1} bytes, and ${limit} are the limit`,
      },
    });
    expect(find(framed('x'.repeat(limit)))).toMatchObject({ kind: 'frame' });
  });

  test('whose second marker does not come is not waited for without end', () => {
    const text = `${lines[0]}\n${'x'.repeat(limit + 64 * 1024 + 1)}`;
    expect(find(text, { last: false })).toMatchObject({ kind: 'broken' });
  });

  test('with an endless first line is not waited for', () => {
    const text = `-----BEGIN TOWPATH RESULT run=${runName} ${'x'.repeat(600)}`;
    expect(find(text, { last: false })).toMatchObject({ kind: 'broken', from: text.length });
  });
});
