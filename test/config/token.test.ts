import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureToken, readToken, tokenFile } from '../../src/config/token.js';

let home: string;
beforeEach(() => {
  home = path.join(mkdtempSync(path.join(tmpdir(), 'towpath-token-')), 'home');
});
afterEach(() => rmSync(path.dirname(home), { recursive: true, force: true }));

test('the token is made once, and only its owner can read it', () => {
  expect(readToken(home)).toBeUndefined();
  const token = ensureToken(home);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(ensureToken(home)).toBe(token);
  expect(readToken(home)).toBe(token);
  expect(statSync(tokenFile(home)).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(['token']);
});

test('a token that somebody wrote is taken as it is', () => {
  ensureToken(home);
  writeFileSync(tokenFile(home), '  mine\n');
  expect(ensureToken(home)).toBe('mine');
});

test('an empty file is no token', () => {
  ensureToken(home);
  writeFileSync(tokenFile(home), '\n');
  expect(readToken(home)).toBeUndefined();
  expect(() => ensureToken(home)).toThrow('is empty');
});
