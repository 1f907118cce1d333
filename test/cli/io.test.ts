import { afterEach, expect, jest, test } from '@jest/globals';
import { processIo } from '../../src/cli/io.js';

const { isTTY } = process.stderr;
afterEach(() => {
  process.stderr.isTTY = isTTY;
  jest.restoreAllMocks();
});

test.each([
  [true, '\u001B[31mred\u001B[39m\n'],
  [false, 'red\n'],
])('a message keeps its colours where stderr is a terminal, and only there (%j)', (terminal, written) => {
  process.stderr.isTTY = terminal;
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  processIo().err('\u001B[31mred\u001B[39m');
  expect(write.mock.calls.map(([text]) => text)).toEqual([written]);
});
