import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { codeDigest, codeFile, fileOf } from './histories.js';
import { scenarios } from './scenarios.js';

/** Histories of earlier versions stay as they are: what no longer replays them needs a patch (docs/architecture.md). */
const hint = 'the code of the workflows has changed: record its histories with `npm run histories`';

test('the histories of this version are those of its code', () => {
  const known = existsSync(codeFile) ? readFileSync(codeFile, 'utf8').trim() : 'none';
  expect(`${hint}: ${known}`).toBe(`${hint}: ${codeDigest()}`);
});

test.each(scenarios.map(({ name }) => name))('"%s" is recorded', (name) => {
  expect(existsSync(fileOf(name, 0))).toBe(true);
});
