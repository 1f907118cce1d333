import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { groups, verbs } from '../../src/cli/verbs.js';
import { runCli } from '../cli/run-cli.js';

const file = 'docs/reference/cli.md';

/** The words of a verb without its operands. */
const words = (usage: string): string[] => usage.split(' ').filter((word) => /^[a-z]/.test(word));

async function helpOf(args: string[]): Promise<string[]> {
  const { stdout } = await runCli([...args, '--help']);
  return ['```text', stdout.trimEnd(), '```', ''];
}

/** The page, from the help of every verb. `npm run reference` writes it. */
async function page(): Promise<string> {
  const shown = verbs.filter(({ hidden }) => !hidden).map(({ usage }) => words(usage));
  const sections = [];
  for (const verb of shown) sections.push([`## towpath ${verb.join(' ')}`, '', ...(await helpOf(verb))].join('\n'));
  return [
    '# Command line',
    '',
    'Made from the help of each command by `npm run reference`; a test compares.',
    '',
    ...(await helpOf([])),
    ...sections,
  ].join('\n');
}

test('the reference of the command line is the help of every verb', async () => {
  const made = await page();
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, made);
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(made);
});

test('every group of verbs is used', () => {
  const first = new Set(verbs.map(({ usage }) => words(usage)[0]));
  expect(Object.keys(groups).filter((group) => !first.has(group))).toEqual([]);
});
