import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sortIssues } from '../../src/config/issue.js';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';
import { validate } from '../../src/config/validate.js';

/** Public users' files of the product family (see LICENSE beside them): each has its verdict in `prodvana-verdicts.json`. */
const folder = path.join('test', 'fixtures', 'prodvana-examples');
const verdicts = JSON.parse(readFileSync(path.join('test', 'fixtures', 'prodvana-verdicts.json'), 'utf8')) as Record<
  string,
  string[]
>;

/** What is found in one of the examples, by file. */
function found(example: string): Record<string, string[]> {
  const { files, attachments, issues } = loadPaths([`${example}/...`], folder);
  const read = readDocuments(files, attachments);
  const all = sortIssues([...issues, ...read.issues, ...validate(read, [], { server: false })]);
  const ofFile = (file: string): string[] =>
    all
      .filter(({ at }) => at?.file === file)
      .map(({ at, severity, code, message }) => `${at?.line}:${at?.column} ${severity} ${code} ${message}`);
  return Object.fromEntries(files.map((file) => [file.path, ofFile(file.path)]));
}

const examples = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe.each(examples)('%s', (example) => {
  const files = found(example);

  test.each(Object.keys(files))('%s', (file) => {
    expect(files[file]).toEqual(verdicts[file]);
  });
});

test('what has no verdict is no configuration', () => {
  const others = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => verdicts[name] === undefined);
  expect(others).not.toEqual([]);
  expect(others.filter((name) => /\.(pvn|towpath)\.ya?ml$/.test(name))).toEqual([]);
});

test('every verdict is about a file', () => {
  expect(Object.keys(verdicts).sort()).toEqual(examples.flatMap((example) => Object.keys(found(example))).sort());
});
