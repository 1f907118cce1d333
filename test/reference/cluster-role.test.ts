import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { clusterRole } from '../../src/config/cluster-rights.js';

const file = 'docs/how-to/use-real-parts.md';

/** In a list of the page, so each line is indented by two. */
const block = /^ {2}```yaml\n(.*?)^ {2}```$/ms;

test('the role for a cluster of your own is the one that doctor prints', () => {
  const page = readFileSync(file, 'utf8');
  // The formatter of the documentation writes lists and quotes in another way.
  expect(parse(block.exec(page)?.[1] ?? '')).toEqual(parse(clusterRole()));
});
