import { expect, test } from '@jest/globals';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { compiledText } from '../../src/config/compiled-text.js';
import type { Json } from '../../src/release/plan.js';
import { documentDiff } from '../../src/server/document-diff.js';
import type { NewConfig } from '../../src/server/ports.js';

const config = (document: Json): NewConfig => ({ kind: 'service', key: 'a/b', document, text: '', digest: '' });
const stored = (document: Json) => ({ ...config(document), version: 3, appliedBy: 'ann', appliedAt: '' });

test('only what differs is shown, with three lines around it', () => {
  const lines = Object.fromEntries('abcdefghi'.split('').map((name) => [name, name]));
  expect(documentDiff(stored(lines), config({ ...lines, e: 'other' }))).toBe(
    [
      '--- service/a/b\tversion 3',
      '+++ service/a/b',
      '@@ -3,7 +3,7 @@',
      '   b: b',
      '   c: c',
      '   d: d',
      '-  e: e',
      '+  e: other',
      '   f: f',
      '   g: g',
      '   h: h',
      '',
    ].join('\n'),
  );
});

test('the order of keys, which the store does not keep, is no difference', () => {
  expect(documentDiff(stored({ a: 1, b: [{ c: 1, d: 2 }] }), config({ b: [{ d: 2, c: 1 }], a: 1 }))).toBe('');
});

test('a new document is added whole', () => {
  expect(documentDiff(undefined, config({ a: 1 }))).toBe(
    '--- /dev/null\n+++ service/a/b\n@@ -0,0 +1,2 @@\n+service:\n+  a: 1\n',
  );
});

test('a document that has nothing in common with the stored one is shown as replaced', () => {
  const many = (word: string): Json => Array.from({ length: 1500 }, (_, nth) => `${word} ${nth}`);
  const diff = documentDiff(stored(many('old')), config(many('new')));
  expect(diff).toContain('@@ -1,1501 +1,1501 @@\n-service:\n-  - old 0\n');
  expect(applyPatch(compiledText('service', many('old')), diff)).toBe(compiledText('service', many('new')));
});

test('the difference of any two documents, applied to the one, is the other', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      const [from, to] = [before as Json, after as Json];
      const diff = documentDiff(stored(from), config(to));
      const text = compiledText('service', from);
      expect(diff === '' ? text : applyPatch(text, diff)).toBe(compiledText('service', to));
    }),
  );
});
