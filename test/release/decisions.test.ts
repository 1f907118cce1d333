import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDecision, readStableReport } from '../../src/release/decisions.js';

test.each<[unknown, string]>([
  [null, 'must be a JSON object'],
  ['approve', 'must be a JSON object'],
  [['production'], 'must be a JSON object'],
  [{ undecodable: 'binary/protobuf' }, 'encoding binary/protobuf'],
  [{ decision: 'approve', by: 'a' }, '"channel"'],
  [{ channel: 'production', decision: 'yes', by: 'a' }, '"decision"'],
  [{ channel: 'production', decision: 'approve' }, '"by"'],
  [{ channel: 'production', decision: 'approve', by: 'a', gate: 3 }, '"gate"'],
  [{ channel: 'x'.repeat(101), decision: 'approve', by: 'a' }, '"channel"'],
])('%j is not a decision', (payload, why) => {
  expect(readDecision(payload)).toContain(why);
});

test('a decision keeps what is known and drops the rest', () => {
  const payload = { channel: 'production', decision: 'approve', by: 'ann', reason: '', gate: null, more: 1 };
  expect(readDecision(payload)).toEqual({ channel: 'production', decision: 'approve', by: 'ann' });
});

test('a stable report takes a version as text or number', () => {
  expect(readStableReport({ channel: 'staging', version: 4 })).toEqual({
    channel: 'staging',
    version: '4',
    by: 'unknown',
  });
  expect(readStableReport({ channel: 'staging' })).toContain('"version"');
  expect(readStableReport({ channel: 'staging', version: 'v'.repeat(201) })).toContain('"version"');
});

test('any payload is read, or answered with a sentence', () => {
  fc.assert(
    fc.property(fc.anything(), (payload) => {
      for (const read of [readDecision(payload), readStableReport(payload)])
        expect(typeof read === 'string' ? read.length > 0 : read.by.length > 0).toBe(true);
    }),
  );
});
