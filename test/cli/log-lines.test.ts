import { expect, test } from '@jest/globals';
import { LogLines } from '../../src/cli/log-lines.js';
import { head, tail } from '../../src/release/log-positions.js';
import { KeptLog } from '../fakes/kept-log.js';
import { logApi } from './log-api.js';
import { channel, releaseView, run } from './views.js';

const going = releaseView(2, [channel('staging', { status: 'CONVERGING', runs: [run()] })]);
const over = releaseView(3, [
  channel('staging', { status: 'CONVERGED', runs: [run({ state: 'succeeded', endedAt: '2026-03-01T11:59:42Z' })] }),
]);

function reading(log: KeptLog) {
  const { api, asked } = logApi(log);
  const lines: string[] = [];
  const tell = (_: string, line: string): void => void lines.push(line);
  const reader = new LogLines({ api, signal: new AbortController().signal, tell });
  /** The lines that a reading tells. */
  const read = async (view = going): Promise<string[]> => {
    await reader.read(view);
    return lines.splice(0);
  };
  return { read, asked };
}

const width = 128;
const line = (nth: number): string => `${String(nth).padStart(width - 1, '0')}\n`;
const linesOf = (bytes: number): string => Array.from({ length: bytes / width }, (_, nth) => line(nth)).join('');

test('a log whose middle was dropped is told once, and then what is new', async () => {
  const log = new KeptLog(linesOf(head + tail + 1_600_000));
  const { read, asked } = reading(log);
  const told = await read();
  expect(told).toHaveLength((head + tail) / width + 2);
  expect(told.slice(head / width, head / width + 3)).toEqual([
    '',
    `--- 1600000 of ${log.length} bytes were not kept ---`,
    line(head / width + 1_600_000 / width).trim(),
  ]);
  expect(await read()).toEqual([]);
  log.grow('new\n');
  expect(await read()).toEqual(['new']);
  expect(await read(over)).toEqual([]);
  expect(asked.map(({ offset }) => offset)).toEqual([0, log.length - 4, log.length - 4, log.length]);
});

test('a reader whose place was dropped is told so after its half line, and goes on behind that', async () => {
  const half = Buffer.from('half\u00e9').subarray(0, -1);
  const log = new KeptLog(Buffer.concat([Buffer.from(linesOf(2 * head)), half]));
  const { read } = reading(log);
  await read();
  log.grow(linesOf(head + tail));
  const told = await read();
  expect(told.slice(0, 2)).toEqual(['half\ufffd', `--- ${head} of ${log.length} bytes were not kept ---`]);
  expect(told).toHaveLength(tail / width + 2);
  expect(await read()).toEqual([]);
});

test('a line and a character that come in two answers are whole', async () => {
  const ship = Buffer.from('a \u{1f6a2} b\nlast');
  const log = new KeptLog(ship.subarray(0, 4));
  const { read } = reading(log);
  expect(await read()).toEqual([]);
  log.grow(ship.subarray(4));
  expect(await read()).toEqual(['a \u{1f6a2} b']);
  expect(await read(over)).toEqual(['last']);
});
