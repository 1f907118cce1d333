import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { configCodes } from '../../src/release/codes.js';
import { sortIssues } from '../../src/config/issue.js';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';
import { validate } from '../../src/config/validate.js';

const folder = path.join('test', 'fixtures', 'invalid');
const names = readdirSync(folder);

/** What is wrong in a folder, as a server sees it that has nothing stored: `file:line:column CODE`. */
function mistakesIn(name: string): string[] {
  const { files, attachments, issues } = loadPaths(['.'], path.join(folder, name));
  const read = readDocuments(files, attachments);
  const all = sortIssues([...issues, ...read.issues, ...validate(read, [], { server: true })]);
  return all.flatMap(({ severity, code, at }) =>
    severity === 'error' ? [`${at?.file}:${at?.line}:${at?.column} ${code}`] : [],
  );
}

const expected = (name: string): string[] =>
  readFileSync(path.join(folder, name, 'expected.txt'), 'utf8')
    .trimEnd()
    .split('\n');

test.each(names)('%s has exactly the mistakes that are expected, each in its place', (name) => {
  expect(mistakesIn(name)).toEqual(expected(name));
});

test('there are a hundred of them, and each code that a file can cause has two', () => {
  expect(names.length).toBeGreaterThanOrEqual(100);
  const counts = new Map<string, number>();
  for (const name of names)
    for (const code of new Set(expected(name).map((line) => line.split(' ')[1] ?? '')))
      counts.set(code, (counts.get(code) ?? 0) + 1);
  expect(Object.keys(configCodes).filter((code) => (counts.get(code) ?? 0) < 2)).toEqual([]);
  expect(names.filter((name) => !existsSync(path.join(folder, name, 'expected.txt')))).toEqual([]);
});
