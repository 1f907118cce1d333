import { describe, expect, test } from '@jest/globals';
import { readDocuments } from '../../src/config/read.js';
import { showIssue } from '../../src/config/show-issue.js';
import { everything } from './everything.js';

const found = (text: string) => everything([{ path: 'a.pvn.yaml', text }]);
const mebibyte = 1024 * 1024;
const deep = 'nested deeper than 64 levels';
const expansions = 'more than 100 alias expansions in one document';
const items = 'a list or a map with more than 1000 items';
const aliasesOf = (name: string): string => `[${`*${name}, `.repeat(9)}]`;
const timeout = (text: string): string =>
  `runtime: {name: a, extension: {proxyRuntime: {runtime: b}, apply: {timeout: "${text}", taskConfig: {program: {image: a}}}}}`;

test.each([
  ['opening brackets', '['.repeat(mebibyte), 'BAD_VALUE', deep],
  ['opening braces', '{'.repeat(mebibyte), 'BAD_VALUE', deep],
  ['dashes on one line', '- '.repeat(mebibyte / 2), 'BAD_VALUE', deep],
  ['maps in maps', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'BAD_VALUE', deep],
  ['lists in lists, a little too deep', `${'['.repeat(66)}${']'.repeat(66)}`, 'BAD_VALUE', deep],
  ['closing brackets', ']'.repeat(mebibyte), 'YAML_SYNTAX', 'unexpected flow-seq-end token in YAML document: "]"'],
  ['more than a mebibyte', `# ${'x'.repeat(mebibyte)}`, 'FILE_UNREADABLE', 'the file is larger than 1 MiB'],
  ['201 documents', 'a: {}\n---\n'.repeat(201), 'BAD_VALUE', 'the file holds more than 200 documents'],
  ['101 aliases', `a: &a x\nb: [${'*a, '.repeat(101)}]`, 'BAD_VALUE', expansions],
  [
    'aliases of aliases',
    `a: &a [x]\nb: &b ${aliasesOf('a')}\nc: &c ${aliasesOf('b')}\nd: ${aliasesOf('c')}`,
    'BAD_VALUE',
    expansions,
  ],
  [
    'a hundred copies of much',
    `a: &a [${'x, '.repeat(900)}]\nb: [${'*a, '.repeat(99)}]`,
    'BAD_VALUE',
    'the aliases of the document stand for more than 20000 values',
  ],
  ['a list of 1001 items', `a: [${'x, '.repeat(1001)}]`, 'BAD_VALUE', items],
  ['a map of 1001 keys', Array.from({ length: 1001 }, (_, i) => `k${i}: x`).join('\n'), 'BAD_VALUE', items],
  ['an alias in itself', 'a: &a {b: *a}', 'YAML_SYNTAX', '"*a" is inside of what it stands for'],
  ['a duration of many digits', timeout('1'.repeat(100_000)), 'BAD_VALUE', 'must be a duration above zero'],
  ['a very long key', `${'k'.repeat(1000)}: 1`, 'UNKNOWN_KEY', `"${'k'.repeat(77)}..." is not a field of a document`],
])('%s end in an answer that can be read', (_, text, code, message) => {
  const issues = found(text);
  expect(issues).toContainEqual(expect.objectContaining({ code, message }));
  expect(issues.every(({ line = '' }) => line.length <= 160)).toBe(true);
});

test('what is within the limits is read', () => {
  expect(found(`${'['.repeat(64)}${']'.repeat(64)}`)).toEqual([expect.objectContaining({ code: 'WRONG_TYPE' })]);
  expect(found(`${'# a remark\n'.repeat(20_000)}runtime: {name: a, kubernetes: {inCluster: true}}`)).toEqual([]);
  expect(found('runtime: {name: a, kubernetes: {inCluster: true}}\n---\n'.repeat(200))).toHaveLength(199); // DUPLICATE_DOCUMENT
});

test('900 keys that are not known are as many mistakes', () => {
  const keys = Array.from({ length: 900 }, (_, i) => `  k${i}: x`).join('\n');
  expect(found(`runtime:\n  name: a\n  kubernetes: {inCluster: true}\n${keys}`)).toHaveLength(900);
});

describe('as much as a file can hold is read in seconds', () => {
  const many = (count: number, text: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => text(i)).join('\n');
  const application = (channels: string): string => `application:\n  name: a\n  releaseChannels:\n${channels}`;
  const channel = (i: number, stable: string): string =>
    `  - {name: c${i}, runtimes: [{runtime: r}], preconditions: [${stable}]}`;
  const waits = (name: string): string => `{releaseChannelStable: {releaseChannel: ${name}}}`;

  test.each([
    ['channels in a row', application(many(1000, (i) => channel(i, i === 999 ? '' : waits(`c${i + 1}`)))), 1000],
    ['channels in a circle', application(many(1000, (i) => channel(i, waits(`c${(i + 1) % 1000}`)))), 1001],
    [
      'channels that are not there',
      application(many(5, (i) => channel(i, many(900, (j) => waits(`d${i}-${j}`)).replaceAll('\n', ', ')))),
      5 * 901,
    ],
  ])('%s', (_, text, mistakes) => {
    expect(text.length).toBeLessThan(mebibyte);
    expect(found(text)).toHaveLength(mistakes);
  });
});

test('no escape sequence of a file reaches the terminal', () => {
  const shown = found('runtime: {"\\e[31mred": 1, name: \u001b[31m}').map(showIssue).join('\n');
  expect(shown).toContain('red');
  expect(shown).not.toContain('\u001b');
});

test('a manifest that many documents name is read once', () => {
  const text =
    'apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: [{name: main, image: a.example/b:1}]}}}\n';
  const readings = (count: number): number => {
    let read = 0;
    const manifest = {
      path: 'job.yaml',
      get text() {
        read += 1;
        return text;
      },
    };
    const documents = Array.from(
      { length: count },
      (_, nth) =>
        `runtime: {name: r${nth}, extension: {proxyRuntime: {runtime: ops}, apply: {kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}}}}}`,
    );
    expect(readDocuments([{ path: 'a.pvn.yaml', text: documents.join('\n---\n') }], [manifest]).issues).toEqual([]);
    return read;
  };
  expect(readings(20)).toBe(readings(1));
});
