import { appendFileSync, closeSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { boundLog, openLog, readLog } from '../../src/embedded/log-file.js';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'towpath-log-')), 'logs', 'part.log');
});
afterEach(() => rmSync(path.dirname(path.dirname(file)), { recursive: true, force: true }));

const large = 'x'.repeat(11 * 1024 * 1024);

test('a log that has grown while it is written is begun anew, its program writes on, and the older part is kept', () => {
  const { fd, from } = openLog(file);
  writeSync(fd, large);
  boundLog(file);
  writeSync(fd, 'the next line\n');
  closeSync(fd);
  expect(readFileSync(file, 'utf8')).toBe('the next line\n');
  expect(statSync(`${file}.1`).size).toBe(large.length);
  expect(readLog(file, from + large.length)).toBe('the next line\n');
});

test('a small log is left alone, and so is one that does not exist', () => {
  boundLog(file);
  const { fd } = openLog(file);
  closeSync(fd);
  appendFileSync(file, 'one line\n');
  boundLog(file);
  expect(readFileSync(file, 'utf8')).toBe('one line\n');
  expect(existsSync(`${file}.1`)).toBe(false);
});

test('what was logged is read from a byte on, at most its end', () => {
  closeSync(openLog(file).fd);
  appendFileSync(file, 'before\nafter\n');
  expect(readLog(file, 7)).toBe('after\n');
  appendFileSync(file, large);
  expect(readLog(file)).toHaveLength(256 * 1024);
});
