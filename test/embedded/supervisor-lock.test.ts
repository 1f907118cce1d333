import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identify } from '../../src/embedded/process-id.js';
import { freeLock, holder, takeLock } from '../../src/embedded/supervisor-lock.js';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'towpath-lock-')), 'supervisor.lock');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const me = identify(process.pid);

test('the first to take it has it, and leaves nothing else behind', () => {
  expect(takeLock(file)).toEqual({ mine: me });
  expect(takeLock(file)).toEqual({ other: me });
  expect(readdirSync(path.dirname(file))).toEqual(['supervisor.lock']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ['of a process that is gone', JSON.stringify({ pid: 1_999_999_999, startTime: '1' })],
  ['of a process whose number another one has now', JSON.stringify({ pid: process.pid, startTime: '1' })],
  ['that was cut off', '{"pid":'],
  ['that is empty', ''],
])('a lock %s is taken over', (_, content) => {
  writeFileSync(file, content);
  expect(holder(file)).toBeUndefined();
  expect(takeLock(file)).toEqual({ mine: me });
  expect(readdirSync(path.dirname(file))).toEqual(['supervisor.lock']);
});

test('only the owner gives it up', () => {
  const lock = takeLock(file);
  freeLock(file, { pid: 1, startTime: 'x' });
  expect(holder(file)).toEqual(me);
  if ('mine' in lock) freeLock(file, lock.mine);
  expect(holder(file)).toBeUndefined();
});
