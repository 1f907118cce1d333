import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ResumeFile, versionOfTree } from './resume.js';
import type { Line } from './summary.js';

let folder: string;
let file: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'resume-'));
  file = path.join(folder, 'lines');
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (index: number, version = 'one'): Line => ({ seed: '1', index, violations: [], tookMs: 9000, version });

const open = (version = 'one', mixed = false): Line[] =>
  new ResumeFile(file).open({ version, mixed, say: (what) => said.push(what) });

test('what was added is what the next call finds', () => {
  expect(open()).toEqual([]);
  for (const index of [0, 1]) new ResumeFile(file).add(line(index));
  expect(open()).toEqual([line(0), line(1)]);
  expect(said).toEqual([]);
});

test('half a line at the end is cut off with a word, and the next line is a whole one', () => {
  new ResumeFile(file).add(line(0));
  appendFileSync(file, JSON.stringify(line(1)).slice(0, 20));
  expect(open()).toEqual([line(0)]);
  expect(said).toEqual([`${file}: half a line at its end was cut off, of a call that was interrupted`]);
  new ResumeFile(file).add(line(2));
  expect(open()).toEqual([line(0), line(2)]);
});

test('a file that is nothing but half a line is an empty one', () => {
  writeFileSync(file, '{"seed":');
  expect(open()).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('a line that is none is said with its number', () => {
  writeFileSync(file, `${JSON.stringify(line(0))}\n{"seed":{"seed":"1"}\n`);
  expect(() => open()).toThrow(`${file}: line 2 is no schedule that was run`);
});

test('a file of another version is refused and left as it is, unless versions may be mixed', () => {
  new ResumeFile(file).add(line(0));
  appendFileSync(file, '{"see');
  const before = readFileSync(file, 'utf8');
  expect(() => open('two')).toThrow(
    `${file} has schedules that ran on another version than this one, two: one. ` +
      'Give another file to --resume, or --mixed to count them together.',
  );
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(open('two', true)).toEqual([line(0)]);
});

test('what ran with changes is never of one version: they may be others now', () => {
  new ResumeFile(file).add(line(0, 'one+changes'));
  expect(() => open('one+changes')).toThrow('schedules that ran on another version');
  expect(open('one+changes', true)).toEqual([line(0, 'one+changes')]);
});

test('a line from before versions were recorded is of another one', () => {
  const { version: _, ...old } = line(0);
  new ResumeFile(file).add(old);
  expect(() => open()).toThrow('one: one that was not recorded');
});

test('the version is the commit, with a word when files that it knows have changed', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  writeFileSync(path.join(folder, 'known'), 'a');
  git('add', 'known');
  git('commit', '--quiet', '--message', 'A file');
  const commit = git('rev-parse', 'HEAD').trim();
  writeFileSync(path.join(folder, 'lines'), 'what was run does not count');
  expect(versionOfTree(folder)).toBe(commit);
  writeFileSync(path.join(folder, 'known'), 'b');
  expect(versionOfTree(folder)).toBe(`${commit}+changes`);
});
