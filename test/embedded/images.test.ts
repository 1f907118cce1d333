import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addImage, ensureImages, readImages } from '../../src/embedded/images.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-images-'));
  file = path.join(folder, 'cluster', 'images.json');
  mkdirSync(path.join(folder, 'image', 'bin'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ref = 'registry.example.com/tool:1';

test('a folder stands for an image, by its full path', () => {
  const dir = path.join(folder, 'image');
  expect(addImage(file, ref, dir)).toBe('added');
  expect(addImage(file, ref, path.join(dir, '..', 'image'))).toBe('unchanged');
  expect(readImages(file)).toEqual({ [ref]: { dir } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('another folder takes the place of the first, and other images stay', () => {
  const other = path.join(folder, 'other');
  mkdirSync(other);
  writeFileSync(path.join(other, 'image.json'), '{}');
  addImage(file, 'x:1', other);
  addImage(file, ref, path.join(folder, 'image'));
  expect(addImage(file, ref, other)).toBe('changed');
  expect(readImages(file)).toEqual({ 'x:1': { dir: other }, [ref]: { dir: other } });
});

test('the file is there before the first image, and is not emptied later', () => {
  ensureImages(file);
  expect(readImages(file)).toEqual({});
  addImage(file, ref, path.join(folder, 'image'));
  ensureImages(file);
  expect(Object.keys(readImages(file))).toEqual([ref]);
});

test.each([
  ['a b', 'image', '"a b" is not an image reference'],
  [ref, 'nothing', 'is not a folder'],
  [ref, '.', 'has neither bin/ nor image.json'],
])('%j as %s is refused', (name, dir, message) => {
  expect(() => addImage(file, name, path.join(folder, dir))).toThrow(message);
});
