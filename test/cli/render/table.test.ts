import { expect, test } from '@jest/globals';
import { table } from '../../../src/cli/render/table.js';

test('columns are as wide as their widest text, whatever its colour', () => {
  const red = (text: string): string => `<red>${text}</red>`;
  expect(
    table(
      ['NAME', 'STATE', 'NOTE'],
      [
        ['a', { text: 'ok', paint: red }, 'a long remark'],
        ['longer', 'waiting', ''],
      ],
    ),
  ).toEqual(['NAME    STATE    NOTE', 'a       <red>ok</red>       a long remark', 'longer  waiting']);
});

const headers = ['NAME', 'STATE', 'RELEASE', 'NOTE'];
const row = ['my-service', 'waiting', 'my-app/my-service/7', 'a remark that is very long'];
const at = (columns: number): string | undefined =>
  table(headers, [row], { columns, names: ['NAME', 'RELEASE'] }).at(-1);

test.each([
  [Infinity, 'my-service  waiting  my-app/my-service/7  a remark that is very long'],
  [68, 'my-service  waiting  my-app/my-service/7  a remark that is very long'],
  [60, 'my-service  waiting  my-app/my-service/7  a remark that is …'],
  [47, 'my-service  waiti…  my-app/my-service/7  a rem…'],
  [44, 'my-service  wai…  my-app/my-service/7  a re…'],
  [36, 'my-service  wai…  my-app/my-s…  a r…'],
  [14, 'm…  w…  m…  a…'],
])('in %d columns the widest is cut, and what names something last', (columns, shown) => {
  expect(at(columns)).toBe(shown);
});

test.each([200, 68, 50, 30, 20, 14, 11])('every row of any table is one line of %d columns', (columns) => {
  const rows = [row, row.map((text) => text.repeat(20)), row.map(() => '')];
  for (const line of table(headers, rows, { columns })) expect(line.length).toBeLessThanOrEqual(columns);
});

test('a colour is put around what is left of its text', () => {
  const paint = (text: string): string => `<red>${text}</red>`;
  expect(table(['N', 'STATE'], [['n', { text: 'restarting', paint }]], { columns: 9 })).toEqual([
    'N  STATE',
    'n  <red>resta…</red>',
  ]);
});
