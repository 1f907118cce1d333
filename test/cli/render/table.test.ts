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
