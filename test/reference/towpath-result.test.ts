import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { LogIntake } from '../../src/activities/log-intake.js';
import { Redactor } from '../../src/activities/redaction.js';
import { readResult } from '../../src/activities/result-file.js';

const script = path.resolve('docs/reference/towpath-result.sh');
const folder = mkdtempSync(path.join(tmpdir(), 'towpath-result-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = path.join(folder, 'result.json');
const run = {
  PVN_RELEASE_CHANNEL: 'staging',
  TOWPATH_RELEASE_ID: 'my-app/my-service/7',
  TOWPATH_RUN: '12',
  TOWPATH_RESULT_PATH: file,
};

interface Asked {
  input?: string;
  args?: string[];
  env?: Record<string, string | undefined>;
}

function report({ input = '', args = [], env = {} }: Asked) {
  rmSync(file, { force: true });
  const options = { input, encoding: 'utf8', env: { PATH: process.env['PATH'], ...run, ...env } } as const;
  const { status, stdout, stderr } = spawnSync('sh', [script, ...args], options);
  return { status, stdout, stderr, written: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

/** What Towpath makes of a log that has this in it. */
function read(log: string) {
  const of = { run: 'my-app/my-service/7/staging/12', pod: 'pod-1' };
  const intake = new LogIntake(of, { received: 0, lineStart: true }, new Redactor([]));
  const { text = Buffer.alloc(0), framed } = intake.take(Buffer.from(`no newline${log}after\n`)) ?? {};
  return { log: text.toString(), framed };
}

/** A folder of programs with these and no others. */
function only(...programs: string[]): string {
  const bin = mkdtempSync(path.join(folder, 'bin-'));
  for (const name of programs) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, path.join(bin, name));
  }
  return bin;
}

const result = (bytes: number): string => `{"message":"${'ä'.repeat((bytes - 14) / 2)}"}`;

test.each([2048, 20])('a result of %i bytes goes into the file', (bytes) => {
  const answer = report({ input: result(bytes) });
  expect(answer).toEqual({ status: 0, stdout: '', stderr: '', written: result(bytes) });
  expect(readResult(answer.written)).toHaveProperty('result.message');
});

test.each([2050, 4096, 262_144])('a result of %i bytes goes into the log, and Towpath reads it there', (bytes) => {
  const { status, stdout, written } = report({ input: result(bytes) });
  expect([status, written]).toEqual([0, undefined]);
  const { log, framed } = read(stdout);
  expect(framed).toMatchObject(
    bytes > 4096 ? { largeResult: { bytes } } : { result: { message: 'ä'.repeat((bytes - 14) / 2) } },
  );
  expect(log).toMatch(/^no newline\n\[result: \d+ bytes\]\nafter\n$/);
});

test('newlines at the end are of the result, and nothing in it is taken for a format', () => {
  const text = `{"a":"%s %n \\\\", "b":"${'x'.repeat(3000)}"}\n\n`;
  expect(read(report({ input: text }).stdout).framed).toMatchObject({ result: { a: '%s %n \\' } });
});

test('a file is read where one is named', () => {
  const named = path.join(folder, '-named.json');
  writeFileSync(named, '{"a":1}');
  expect(report({ args: [named] }).written).toBe('{"a":1}');
});

test('where there is no sha256sum, shasum will do', () => {
  const env = { PATH: only('sh', 'cat', 'wc', 'tr', 'shasum', 'perl') };
  expect(read(report({ input: result(3000), env }).stdout).framed).toHaveProperty('result');
});

test.each<[string, Asked, string]>([
  ['a result over the limit', { input: result(262_146) }, 'the result has 262146 bytes, and 262144 are the limit'],
  ['a file that is not there', { args: ['/no/such'] }, '/no/such could not be read'],
  ['two files', { args: ['a', 'b'] }, 'one file, or none for the input'],
  [
    'a program that is no run',
    { env: { TOWPATH_RUN: undefined } },
    'TOWPATH_RUN is not set: this is for the main container of a run',
  ],
  [
    'an image without a digest program',
    { input: result(3000), env: { PATH: only('sh', 'cat', 'wc', 'tr') } },
    'neither sha256sum nor shasum is there',
  ],
])('%s is refused with the reason, and reports nothing', (_, asked, why) => {
  const { status, stdout, stderr, written } = report(asked);
  expect([status, stdout, written]).toEqual([1, '', undefined]);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(`towpath-result: ${why}`);
});

test('the image of the example has this very script', () => {
  const copy = 'examples/reported-results/image/bin/towpath-result.sh';
  expect(readFileSync(copy, 'utf8')).toBe(readFileSync(script, 'utf8'));
});
