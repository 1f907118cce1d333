import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { lackOfRoom, leastRoom, roomIn } from '../../src/embedded/disk-room.js';

test('a disk with room is no problem, and a full one is said in words', () => {
  expect(lackOfRoom('/h', leastRoom)).toBeUndefined();
  expect(lackOfRoom('/h', 3 * 1024 ** 2 + 5)).toBe('the disk is full: 3 MiB free at /h, and 64 MiB are needed');
});

test('a folder that does not exist yet has the room of the one that it will lie in', () => {
  expect(roomIn(path.join(tmpdir(), 'not', 'there', 'yet'))).toBeGreaterThan(0);
});
