import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { run } from '../e2e/installation.js';

const schema = readFileSync('schema/towpath.schema.json', 'utf8');
const piped = (reader: string) =>
  run('sh', ['-c', `'${process.execPath}' bin/towpath configs schema | ${reader}`], process.env);

test('an answer that is longer than a pipe takes at once is whole', async () => {
  expect(schema.length).toBeGreaterThan(65_536);
  const { code, stdout, stderr } = await piped('cat');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(schema);
});

test('a reader that leaves early ends it without an error', async () => {
  expect(await piped('head -n 1')).toEqual({ code: 0, stdout: '{\n', stderr: '' });
});
