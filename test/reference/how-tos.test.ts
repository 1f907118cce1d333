import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const folder = 'docs/how-to';
/** Each how-to that is built on an example, and which: one for each form of an extension. */
const howTos = readdirSync(folder).flatMap((name) => {
  const text = readFileSync(path.join(folder, name), 'utf8');
  const example = /\(\.\.\/\.\.\/examples\/([a-z-]+)\)/.exec(text)?.[1];
  return example === undefined ? [] : [{ name, text, example }];
});

/** The formatter of the documentation writes quotes in another way than the examples do. */
const plain = (text: string): string => text.replaceAll('"', "'").trim();

const yamlBlocks = (text: string): string[] =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => plain(block));

test.each(howTos)('$name shows what stands in its example', ({ text, example }) => {
  const files = readdirSync(path.join('examples', example), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => plain(readFileSync(path.join('examples', example, name), 'utf8')));
  const blocks = yamlBlocks(text);
  expect(blocks).not.toEqual([]);
  expect(blocks.filter((block) => !texts.some((whole) => whole.includes(block)))).toEqual([]);
});

test('each example but the demo has a how-to, and the README names it', () => {
  const examples = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = examples.map(({ name }) => name).filter((name) => name !== 'demo');
  expect(howTos.map(({ example }) => example).sort()).toEqual(names.sort());
  const readme = readFileSync('README.md', 'utf8');
  expect(howTos.filter(({ name }) => !readme.includes(`(${folder}/${name})`))).toEqual([]);
});
